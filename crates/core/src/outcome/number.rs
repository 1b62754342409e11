//! Measured values, and how they compare.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A measured value. Whole numbers stay whole: a count is never rounded.
///
/// In JSON a number, or of floats that JSON has no number for one of the texts `NaN`, `inf` and `-inf`.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Number {
    Int(i64),
    #[serde(with = "float")]
    Float(f64),
}

/// A float as JSON has it.
mod float {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(value: &f64, to: S) -> Result<S::Ok, S::Error> {
        match value.is_finite() {
            true => to.serialize_f64(*value),
            false => to.serialize_str(&value.to_string()),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Number(f64),
            Text(String),
        }
        match Written::deserialize(from)? {
            Written::Number(value) => Ok(value),
            Written::Text(text) if ["NaN", "inf", "-inf"].contains(&text.as_str()) => {
                text.parse().map_err(D::Error::custom)
            }
            Written::Text(text) => Err(D::Error::custom(format!("{text} is no number"))),
        }
    }
}

impl Number {
    /// Whether this number is at most `other`; never, where one is not a number.
    pub fn at_most(self, other: Self) -> bool {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => a <= b,
            (Self::Float(a), Self::Float(b)) => a <= b,
            (Self::Int(a), Self::Float(b)) => whole_order(a, b).is_some_and(Ordering::is_le),
            (Self::Float(a), Self::Int(b)) => whole_order(b, a).is_some_and(Ordering::is_ge),
        }
    }

    pub fn as_f64(self) -> f64 {
        match self {
            Self::Int(value) => value as f64,
            Self::Float(value) => value,
        }
    }
}

/// How a whole number is to a float, whose neighbours are more than one apart beyond 2^53.
fn whole_order(whole: i64, float: f64) -> Option<Ordering> {
    if float.is_nan() {
        return None;
    }
    let floor = float.floor();
    // The cast stops at the ends of the whole numbers.
    let beyond = (floor >= 9_223_372_036_854_775_808.0).then_some(Ordering::Less);
    let below = (floor < -9_223_372_036_854_775_808.0).then_some(Ordering::Greater);
    Some(beyond.or(below).unwrap_or_else(|| {
        let order = whole.cmp(&(floor as i64));
        match order {
            Ordering::Equal if float > floor => Ordering::Less,
            order => order,
        }
    }))
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{value}"),
        }
    }
}

/// A computed float to fifteen digits: what 0.1 + 0.2 has beyond them is noise, and a person wrote 0.3.
/// Whole digits are never touched.
pub fn settled(value: f64) -> f64 {
    let size = value.abs();
    if !value.is_finite() || size == 0.0 || size >= 1e15 {
        return value + 0.0;
    }
    let places = 14 - size.log10().floor() as i32;
    // Powers of ten up to 22 are floats themselves, so that one division rounds once.
    if (0..=22).contains(&places) {
        let scale = 10_f64.powi(places);
        return (value * scale).round() / scale;
    }
    format!("{value:.14e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_computed_float_reads_as_a_person_would_write_it() {
        assert_eq!(settled(0.1 + 0.2), 0.3);
        assert_eq!(settled(-(0.1 + 0.7)), -0.8);
        assert_eq!(settled(1.0 / 3.0), 0.333_333_333_333_333);
        assert_eq!(
            settled(123_456_789_012_345_678.0),
            123_456_789_012_345_678.0
        );
        assert_eq!(settled(2.5e-30), 2.5e-30);
        assert_eq!(settled(-0.0).to_bits(), 0.0_f64.to_bits());
        assert!(settled(f64::NAN).is_nan());
    }
}
