//! Pearson's chi-square test, and the distribution it rests on.

use serde::Deserialize;
use toml::Spanned;

use crate::error::{Problem, Text};
use crate::outcome::Number;

use super::arg::{Arg, COLUMN, Effect, Takes};
use super::common::wrong;
use super::distribution::{SHARES, by_value, share_problems, summed};
use super::groups::valued;
use super::kind::load_as;
use super::sql::{Literal, float, ident};
use super::{Bound, Example, Kind, Lower, Measure, Name, Subject};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChiSquare {
    column: Name,
    values: Spanned<Vec<Spanned<Literal>>>,
    shares: Spanned<Vec<f64>>,
    #[serde(default)]
    other: Option<Spanned<f64>>,
    #[serde(default)]
    significance: Option<Spanned<f64>>,
    #[serde(default)]
    per: Option<Name>,
}

pub(super) const CHI_SQUARE: Kind = Kind {
    name: "chi_square",
    summary: "the counts of the values fit the expected shares (chi-square test)",
    about: "The value measured is Pearson's statistic, the sum of (observed - expected)² / expected over the classes. It \
        is held against the value that a table drawn from the expected distribution exceeds only with the probability \
        `significance`. The more rows, the smaller a difference it finds: for large tables `divergence` says better \
        whether the difference matters. Each class should expect five rows at least.\n\
        Values that are not expected at all make the statistic infinite, which fails; give them a share with `other`.\n\
        Nulls are no value. A column of nulls alone, or an empty table, is skipped.",
    args: &[
        COLUMN,
        Arg::required("values", Takes::Values, "the values expected").with(Effect::Admits),
        SHARES,
        Arg::optional(
            "other",
            Takes::Share,
            "the share of all other values together, by default 0",
        ),
        Arg::optional(
            "significance",
            Takes::Share,
            "the probability that a good table fails, by default 0.01",
        ),
        Arg::optional(
            "per",
            Takes::Column,
            "each group of rows that share the value of this column is held against the shares: a violation is a group",
        ),
    ],
    examples: &[Example {
        toml: "kind = 'chi_square'\ncolumn = 'coin'\nvalues = ['head', 'tail']\nshares = [0.5, 0.5]\nsignificance = 0.05",
        passes: "SELECT CASE WHEN n <= 22 THEN 'head' ELSE 'tail' END AS coin FROM (SELECT unnest(range(1, 41)) AS n)",
        fails: "SELECT CASE WHEN n <= 28 THEN 'head' ELSE 'tail' END AS coin FROM (SELECT unnest(range(1, 41)) AS n)",
        others: &[],
    }],
    load: load_as::<ChiSquare>,
};

impl ChiSquare {
    fn critical(&self) -> f64 {
        let significance = self.significance.as_ref().map_or(0.01, |s| *s.get_ref());
        let others = self
            .other
            .iter()
            .filter(|other| *other.get_ref() > 0.0)
            .count();
        let shares = self.shares.get_ref().iter().filter(|share| **share > 0.0);
        let classes = shares.count() + others;
        critical(significance, classes.saturating_sub(1).max(1) as u32)
    }
}

impl Lower for ChiSquare {
    fn lower(&self, subject: &Subject) -> Measure {
        let column = ident(self.column.get_ref());
        let other = self.other.as_ref().map_or(0.0, |other| *other.get_ref());
        let values = self.values.get_ref();
        let classes = by_value(&column, values, self.shares.get_ref(), other);
        let term = |count: &str, total: &str, share: f64| {
            let expected = format!("({total} * {})", float(share));
            format!("power({count} - {expected}, 2) / {expected}")
        };
        let bound = Bound {
            max: Some(Number::Float(self.critical())),
            ..Bound::default()
        };
        valued(subject, self.per.as_ref(), bound, "value", |subject| {
            summed(subject, &column, &classes, term)
        })
    }

    fn columns(&self) -> Vec<&Name> {
        std::iter::once(&self.column).chain(&self.per).collect()
    }

    fn literals(&self) -> Vec<(&Name, &Spanned<Literal>)> {
        let values = self.values.get_ref().iter();
        values.map(|value| (&self.column, value)).collect()
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        if let Some(significance) = &self.significance
            && !(*significance.get_ref() > 0.0 && *significance.get_ref() < 1.0)
        {
            let message = "`significance` is not between 0 and 1";
            return wrong(
                text,
                significance.span(),
                message,
                "0.01 lets one good table in a hundred fail",
            );
        }
        let rest = self.other.as_ref().map_or(0.0, |other| *other.get_ref());
        share_problems(text, &self.shares, self.values.get_ref().len(), rest)
    }
}

/// The value that a chi-square statistic of `freedom` degrees exceeds with probability `significance`.
///
/// Found by bisection to about twelve digits; infinite for a significance of 0 or less.
fn critical(significance: f64, freedom: u32) -> f64 {
    if significance <= 0.0 {
        return f64::INFINITY;
    }
    let half = f64::from(freedom) / 2.0;
    let above = |x: f64| 1.0 - lower_gamma(half, x / 2.0);
    let (mut low, mut high) = (0.0, 1.0);
    while above(high) > significance && high < 1e9 {
        high *= 2.0;
    }
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if above(middle) > significance {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// The regularised lower incomplete gamma function P(a, x), by its series
/// below a + 1 and by its continued fraction (Lentz) above.
fn lower_gamma(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    let scale = (a * x.ln() - x - ln_gamma(a)).exp();
    if x < a + 1.0 {
        let (mut term, mut sum, mut n) = (1.0 / a, 1.0 / a, a);
        while term > sum * 1e-16 {
            n += 1.0;
            term *= x / n;
            sum += term;
        }
        return sum * scale;
    }
    let tiny = 1e-300;
    let mut b = x + 1.0 - a;
    let mut c = 1.0 / tiny;
    let mut d = 1.0 / b;
    let mut fraction = d;
    for i in 1..1000 {
        let i = f64::from(i);
        let an = -i * (i - a);
        b += 2.0;
        let near = |value: f64| if value.abs() < tiny { tiny } else { value };
        d = 1.0 / near(an * d + b);
        c = near(b + an / c);
        fraction *= d * c;
        if (d * c - 1.0).abs() < 1e-15 {
            break;
        }
    }
    1.0 - scale * fraction
}

/// The logarithm of the gamma function, by Lanczos' approximation (g = 7, n = 9).
fn ln_gamma(x: f64) -> f64 {
    const TERMS: [f64; 8] = [
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    let x = x - 1.0;
    let mut sum = 0.999_999_999_999_809_9;
    for (term, i) in TERMS.iter().zip(1..) {
        sum += term / (x + f64::from(i));
    }
    let t = x + 7.5;
    0.5 * std::f64::consts::TAU.ln() + (x + 0.5) * t.ln() - t + sum.ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn critical_values_are_those_of_the_printed_tables() {
        let table = [
            (0.05, 1, 3.841),
            (0.01, 1, 6.635),
            (0.05, 2, 5.991),
            (0.05, 10, 18.307),
            (0.001, 100, 149.449),
        ];
        for (significance, freedom, value) in table {
            let found = critical(significance, freedom);
            assert!(
                (found - value).abs() < 5e-4,
                "{significance} {freedom}: {found}"
            );
        }
        assert_eq!(critical(0.0, 3), f64::INFINITY);
    }
}
