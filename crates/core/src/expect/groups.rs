//! A value for each group of rows, each held against the bound by itself.

use crate::outcome::Number;

use super::bound::{Against, Earlier, Ends, Near, Of, Unit};
use super::sql::{float, ident};
use super::{Bound, Measure, Name, Subject};

/// The groups of some rows and the value that each of them has.
pub(super) struct Groups<'a> {
    pub(super) per: &'a Name,
    /// What the groups are made of, for a FROM clause.
    pub(super) from: String,
    /// The value of one group, as an aggregate over these rows.
    pub(super) aggregate: String,
    /// The rows that date the groups, where `from` holds no dates.
    pub(super) dated: Option<String>,
    /// What the evidence calls the value.
    pub(super) called: &'static str,
    pub(super) bound: Bound,
    /// Whether to have no group at all is a violation.
    pub(super) needed: bool,
}

/// A value of all rows, or of each group, held against a bound.
pub(super) fn valued(
    subject: &Subject,
    per: Option<&Name>,
    bound: Bound,
    called: &'static str,
    value: impl Fn(&Subject) -> String,
) -> Measure {
    let Some(per) = per else {
        return Measure::Value {
            aggregate: value(subject),
            bound,
        };
    };
    let groups = Groups {
        per,
        from: subject.rows(),
        aggregate: value(&subject.narrowed()),
        dated: None,
        called,
        bound,
        needed: false,
    };
    groups.measure()
}

impl Ends<'_> {
    /// The value of all rows, in the one scan, or with `per` the value of each group.
    pub(super) fn measure(
        &self,
        subject: &Subject,
        called: &'static str,
        value: impl Fn(&Subject) -> String,
    ) -> Measure {
        valued(subject, self.per, self.bound(), called, value)
    }

    /// As [`Ends::measure`], for a value over rows made of the table's: `from` makes them, and keeps the column
    /// of the groups that it is given.
    pub(super) fn measure_of(
        &self,
        subject: &Subject,
        from: impl Fn(Option<&str>) -> String,
        aggregate: &str,
    ) -> Measure {
        let bound = self.bound();
        match self.per {
            None => Measure::Value {
                aggregate: format!("(SELECT {aggregate} FROM {})", from(None)),
                bound,
            },
            Some(per) => {
                let groups = Groups {
                    per,
                    from: from(Some(&ident(per.get_ref()))),
                    aggregate: aggregate.to_owned(),
                    dated: Some(subject.rows()),
                    called: "value",
                    bound,
                    needed: false,
                };
                groups.measure()
            }
        }
    }
}

impl Groups<'_> {
    /// How many of the groups that have a value are out of bounds, and which.
    pub(super) fn measure(&self) -> Measure {
        let groups = match self.bound.against {
            None => self.bounded(),
            Some(against) => self.compared(against),
        };
        let none = u8::from(self.needed);
        Measure::Query {
            count: format!(
                "SELECT CASE WHEN count(*) = 0 THEN {none} ELSE count(*) FILTER (WHERE bad) END, \
                 greatest(count(*), {none}) FROM ({groups})"
            ),
            rows: format!("SELECT * EXCEPT (bad) FROM ({groups}) WHERE bad ORDER BY \"group\""),
        }
    }

    fn values(&self, also: &str) -> String {
        let per = ident(self.per.get_ref());
        format!(
            "SELECT {per} AS \"group\", {} AS value{also} FROM {} GROUP BY {per}",
            self.aggregate, self.from
        )
    }

    /// The value as a person reads it.
    fn shown(&self) -> String {
        let value = match self.bound.unit {
            Unit::Plain | Unit::Hours => "value".to_owned(),
            Unit::Days => "arrow_cast(CAST(value AS INT), 'Date32')".to_owned(),
            Unit::Seconds => "to_timestamp_micros(CAST(value * 1000000 AS BIGINT))".to_owned(),
        };
        format!("{value} AS {}", ident(self.called))
    }

    fn bounded(&self) -> String {
        let bound = &self.bound;
        let sign = |strict: bool, sign: &str| format!("{sign}{}", if strict { "" } else { "=" });
        let ends = [
            bound.min.map(|min| (sign(bound.strict_min, ">"), min)),
            bound.max.map(|max| (sign(bound.strict_max, "<"), max)),
        ];
        let ends = ends.into_iter().flatten();
        let ends = ends.map(|(sign, end)| format!("value {sign} {}", number(end)));
        format!(
            "SELECT \"group\", {}, {} AS bad FROM ({}) WHERE value IS NOT NULL",
            self.shown(),
            outside(ends.collect()),
            self.values("")
        )
    }

    /// Each value beside the usual one of the groups before it; the first group has none, and passes.
    /// NaN and infinities enter no past: the last so many are those of numbers.
    fn compared(&self, against: Against) -> String {
        let Earlier::Last(previous) = against.past else {
            return self.bounded();
        };
        let of = against.of.as_str();
        let usual = match against.of {
            Of::Median => "median",
            Of::Mean => "avg",
            Of::Least => "min",
            Of::Greatest => "max",
        };
        let measured = match &self.dated {
            None => self.values(", min(file_date) AS starts"),
            Some(rows) => format!(
                "SELECT valued.*, dated.starts FROM ({}) AS valued LEFT JOIN (SELECT {per} AS of_group, \
                 min(file_date) AS starts FROM {rows} GROUP BY {per}) AS dated \
                 ON (valued.\"group\" IS NOT DISTINCT FROM dated.of_group)",
                self.values(""),
                per = ident(self.per.get_ref()),
            ),
        };
        format!(
            "WITH measured AS ({measured}), placed AS (SELECT *, row_number() OVER (ORDER BY starts, \"group\") AS place, \
             count(*) FILTER (WHERE NOT not_finite(value)) OVER (ORDER BY starts, \"group\" \
             ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS known \
             FROM measured WHERE value IS NOT NULL), earlier AS (SELECT later.place AS at, \
             {usual}(CAST(before.value AS DOUBLE)) AS usual FROM placed AS later JOIN placed AS before \
             ON NOT not_finite(before.value) AND before.known BETWEEN later.known - {previous} AND later.known - 1 \
             GROUP BY later.place) \
             SELECT \"group\", {}, usual AS {of}_before, coalesce({}, false) AS bad \
             FROM placed LEFT JOIN earlier ON placed.place = earlier.at",
            self.shown(),
            outside(near(against.near)),
        )
    }
}

/// Not all of the conditions hold; a value that is not a number is outside of any bound.
fn outside(mut inside: Vec<String>) -> String {
    inside.push("NOT is_nan(value)".to_owned());
    format!("NOT ({})", inside.join(" AND "))
}

fn number(number: Number) -> String {
    match number {
        Number::Int(whole) => whole.to_string(),
        Number::Float(real) => float(real),
    }
}

/// The conditions that a value is near the usual one; an infinite end is none.
fn near(near: Near) -> Vec<String> {
    let ends = |[low, high]: [f64; 2], end: &dyn Fn(&str) -> String| {
        let part = |sign: &str, at: f64| {
            at.is_finite()
                .then(|| format!("{sign} {}", end(&float(at))))
        };
        let parts = [part("value >=", low), part("value <=", high)];
        parts.into_iter().flatten().collect::<Vec<_>>()
    };
    match near {
        Near::Percent(change) => ends(change, &|end| format!("usual + abs(usual) * {end} / 100.0")),
        Near::Difference(by) => ends(by, &|end| format!("usual + {end}")),
        Near::Ratio(between) => {
            let right = ends(between, &|end| format!("usual * {end}"));
            let turned = ends([between[1], between[0]], &|end| format!("usual * {end}"));
            let all = |parts: Vec<String>| match parts.is_empty() {
                true => "true".to_owned(),
                false => parts.join(" AND "),
            };
            vec![format!(
                "CASE WHEN usual < 0 THEN {} ELSE {} END",
                all(turned),
                all(right)
            )]
        }
        Near::RobustZ(_) => Vec::new(),
    }
}
