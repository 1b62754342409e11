//! Days and moments as records hold them: `YYYY-MM-DD`, and RFC 3339 in UTC with milliseconds.

use chrono::{DateTime, NaiveDate, SecondsFormat, SubsecRound, Utc};

/// A moment as records, reports and the history write it: `2024-05-02T08:00:09.000Z`.
pub fn stamp(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// A moment as records keep it, without what is finer than a millisecond.
pub fn whole_millis(time: DateTime<Utc>) -> DateTime<Utc> {
    time.trunc_subsecs(3)
}

/// The day that a text names.
///
/// # Errors
/// A text that is no day of the calendar, with the form it should have.
pub fn day_of(text: &str) -> Result<NaiveDate, String> {
    let wrong = |_| format!("{text:?} is no date of the form YYYY-MM-DD");
    NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(wrong)
}

/// The moment that a text names.
///
/// # Errors
/// A text that is no moment, with the form it should have.
pub fn moment_of(text: &str) -> Result<DateTime<Utc>, String> {
    let wrong = |_| format!("{text:?} is no time of the form 2024-05-02T08:00:09.000Z");
    let time = DateTime::parse_from_rfc3339(text).map_err(wrong)?;
    Ok(time.with_timezone(&Utc))
}

/// How serde reads and writes a day.
pub mod day {
    use super::{NaiveDate, day_of};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(day: &NaiveDate, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(day)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<NaiveDate, D::Error> {
        day_of(&String::deserialize(from)?).map_err(D::Error::custom)
    }
}

/// How serde reads and writes a day that may be unknown.
pub mod optional_day {
    use super::{NaiveDate, day_of};
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    pub fn serialize<S: Serializer>(day: &Option<NaiveDate>, to: S) -> Result<S::Ok, S::Error> {
        day.map(|day| day.to_string()).serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<NaiveDate>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        let day = text.map(|text| day_of(&text)).transpose();
        day.map_err(D::Error::custom)
    }
}

/// How serde reads and writes a moment.
pub mod moment {
    use super::{DateTime, Utc, moment_of, stamp};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(time: &DateTime<Utc>, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&stamp(*time))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<DateTime<Utc>, D::Error> {
        moment_of(&String::deserialize(from)?).map_err(D::Error::custom)
    }
}
