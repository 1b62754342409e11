//! How many violations are allowed.

/// How many violations are allowed before the verdict is no longer a pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tolerance {
    /// At most so many violations.
    Rows(u64),
    /// At most such a share of the rows asked about, in billionths: decided in
    /// integers, so that 3 of 100 is within 0.03 on every machine.
    Share(u64),
}

impl Default for Tolerance {
    fn default() -> Self {
        Self::Rows(0)
    }
}

const BILLION: f64 = 1e9;

impl Tolerance {
    /// A share between 0 and 1; `None` outside of that.
    pub fn share(share: f64) -> Option<Self> {
        (0.0..=1.0)
            .contains(&share)
            .then(|| Self::Share((share * BILLION).round() as u64))
    }

    /// Whether `rows` violations among `of` are within it.
    pub fn allows(self, rows: u64, of: u64) -> bool {
        match self {
            Self::Rows(limit) => rows <= limit,
            Self::Share(billionths) => {
                u128::from(rows) * 1_000_000_000 <= u128::from(of) * u128::from(billionths)
            }
        }
    }
}

impl Tolerance {
    /// The greatest number of violations among `of` that is within it.
    pub fn most(self, of: u64) -> u64 {
        match self {
            Self::Rows(limit) => limit,
            Self::Share(billionths) => {
                let most = u128::from(of) * u128::from(billionths) / 1_000_000_000;
                u64::try_from(most).unwrap_or(u64::MAX)
            }
        }
    }
}

impl std::fmt::Display for Tolerance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Rows(0) => f.write_str("none"),
            Self::Rows(rows) => write!(f, "{rows} rows"),
            Self::Share(billionths) => write!(f, "{} %", *billionths as f64 / BILLION * 100.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_decided_in_integers() {
        let allow = Tolerance::share(0.03).unwrap();
        assert!(allow.allows(3, 100));
        assert!(!allow.allows(4, 100));
        assert!(allow.allows(0, 0));
        assert_eq!(allow.most(100), 3);
        assert_eq!(Tolerance::Rows(5).most(1), 5);
        let third = Tolerance::share(0.1).unwrap();
        assert!(third.allows(u64::MAX / 10, u64::MAX));
    }

    #[test]
    fn a_share_outside_of_zero_to_one_is_none() {
        assert_eq!(Tolerance::share(3.0), None);
        assert_eq!(Tolerance::share(-0.1), None);
        assert_eq!(Tolerance::share(f64::NAN), None);
    }
}
