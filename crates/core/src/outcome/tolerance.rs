//! How many violations are allowed.

use serde::{Deserialize, Serialize};

use super::settled;

/// How many violations are allowed before the verdict is no longer a pass.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Tolerance {
    /// At most so many violations.
    Rows(u64),
    /// At most such a share of the rows asked about, from 0 to 1.
    Share(f64),
}

impl Default for Tolerance {
    fn default() -> Self {
        Self::Rows(0)
    }
}

impl Tolerance {
    /// A share between 0 and 1; `None` outside of that.
    pub fn share(share: f64) -> Option<Self> {
        (0.0..=1.0)
            .contains(&share)
            .then(|| Self::Share(settled(share)))
    }

    /// Whether `rows` violations among `of` are within it.
    ///
    /// Both shares are held to fifteen digits: 3 of 100 is 0.03, 2 of 6 is the third that no decimal writes to
    /// its end, and 1 - 0.8 is 0.2.
    pub fn allows(self, rows: u64, of: u64) -> bool {
        match self {
            Self::Rows(limit) => rows <= limit,
            Self::Share(_) if rows == 0 => true,
            Self::Share(share) => settled(rows as f64 / of as f64) <= share,
        }
    }

    /// The greatest number of violations among `of` that is within it.
    pub fn most(self, of: u64) -> u64 {
        match self {
            Self::Rows(limit) => limit,
            Self::Share(share) => {
                let near = (of as f64 * share).round() as u64;
                let tried = [near.saturating_add(1), near, near.saturating_sub(1)];
                let within = tried.into_iter().filter(|rows| *rows <= of);
                within
                    .filter(|rows| self.allows(*rows, of))
                    .max()
                    .unwrap_or(0)
            }
        }
    }
}

impl std::fmt::Display for Tolerance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Rows(0) => f.write_str("none"),
            Self::Rows(1) => f.write_str("1 row"),
            Self::Rows(rows) => write!(f, "{rows} rows"),
            Self::Share(share) => write!(f, "{} %", percent(*share)),
        }
    }
}

/// A share in per cent, to the digits it is written with: 0.29 is 29, and not 28.999999999999996.
fn percent(share: f64) -> String {
    let written = share.to_string();
    let (whole, places) = written.split_once('.').unwrap_or((&written, ""));
    let (moved, rest) = places.split_at(places.len().min(2));
    let digits = format!("{whole}{moved:0<2}");
    let digits = match digits.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    };
    match rest {
        "" => digits.to_owned(),
        rest => format!("{digits}.{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_decided_as_it_is_written() {
        for (share, rows, of, allowed) in [
            (0.03, 3, 100, true),
            (0.03, 4, 100, false),
            (0.03, 0, 0, true),
            (0.29, 29, 100, true),
            (0.57, 57, 100, true),
            (0.1, 1, 10, true),
            (0.7, 7, 10, true),
            (0.000_000_000_1, 1, 10_000_000_000, true),
            (1.0 / 3.0, 1, 3, true),
            (1.0 / 3.0, 2, 6, true),
            (1.0 - 0.8, 1, 5, true),
            (0.333, 1, 3, false),
            (0.1, u64::MAX / 10, u64::MAX, true),
        ] {
            let tolerance = Tolerance::share(share).unwrap();
            assert_eq!(tolerance.allows(rows, of), allowed, "{share} {rows} {of}");
        }
        assert_eq!(Tolerance::Rows(5).most(1), 5);
    }

    #[test]
    fn the_most_that_is_allowed_is_allowed_and_one_more_is_not() {
        for per_thousand in 0..=1000 {
            let tolerance = Tolerance::share(f64::from(per_thousand) / 1000.0).unwrap();
            for of in [0, 1, 3, 7, 100, 999, 1000, 12_345] {
                let most = tolerance.most(of);
                assert!(tolerance.allows(most, of), "{per_thousand} {of} {most}");
                assert!(
                    most == of || !tolerance.allows(most + 1, of),
                    "{per_thousand} {of} {most}"
                );
            }
        }
    }

    #[test]
    fn a_share_is_printed_as_it_is_written() {
        for (share, printed) in [
            (0.29, "29 %"),
            (0.07, "7 %"),
            (0.035, "3.5 %"),
            (0.0001, "0.01 %"),
            (1.0, "100 %"),
            (0.5, "50 %"),
            (0.0, "0 %"),
            (0.123_456, "12.3456 %"),
        ] {
            assert_eq!(Tolerance::share(share).unwrap().to_string(), printed);
        }
    }

    #[test]
    fn a_share_outside_of_zero_to_one_is_none() {
        assert_eq!(Tolerance::share(3.0), None);
        assert_eq!(Tolerance::share(-0.1), None);
        assert_eq!(Tolerance::share(f64::NAN), None);
    }
}
