//! Kinds that hold the distribution of a column against an expected one.

use serde::Deserialize;
use toml::Spanned;

use crate::contract::Type;
use crate::error::{Problem, Text};

use super::arg::{AGAINST, Arg, BETWEEN, COLUMN, Effect, PER, Takes};
use super::bound::{AgainstArg, Ends, NOT_NEGATIVE};
use super::common::{NUMERIC, wrong};
use super::kind::load_as;
use super::sql::{Limit, Literal, float, ident, one_of};
use super::{Example, Kind, Lower, Measure, Name, Subject};

/// What three digits of each share may miss: the rest is scaled away.
const ROUNDING: f64 = 0.002;

/// A class of values: the condition that a value belongs to it, and its expected share.
pub(super) type Class = (String, f64);

/// `count(*)` of the rows of a class.
fn counted(subject: &Subject, condition: &str) -> String {
    let filter = subject.filter.iter();
    let filter: String = filter.map(|filter| format!("({filter}) AND ")).collect();
    format!("CAST(count(*) FILTER (WHERE {filter}({condition})) AS DOUBLE)")
}

/// A term for each class, added up, over the number of values; shares are scaled to add up to 1.
pub(super) fn summed(
    subject: &Subject,
    column: &str,
    classes: &[Class],
    term: impl Fn(&str, &str, f64) -> String,
) -> String {
    let all: f64 = classes.iter().map(|(_, share)| share).sum();
    let total = format!("nullif(count({column}){}, 0)", subject.only());
    let terms: Vec<String> = classes
        .iter()
        .map(|(condition, share)| {
            let count = counted(subject, condition);
            if *share <= 0.0 {
                return format!(
                    "CASE WHEN {count} > 0 THEN {} ELSE 0.0 END",
                    float(f64::INFINITY)
                );
            }
            term(&count, &total, share / all)
        })
        .collect();
    // No value at all: null, whatever the terms make of it. NaN is of no class, and makes it NaN.
    format!(
        "nan_if(CASE WHEN {total} IS NULL THEN NULL ELSE {} END, bool_or(is_nan({column})){})",
        terms.join(" + "),
        subject.only()
    )
}

pub(super) fn by_value(
    column: &str,
    values: &[Spanned<Literal>],
    shares: &[f64],
    other: f64,
) -> Vec<Class> {
    let pairs = values.iter().zip(shares);
    let mut classes: Vec<Class> = pairs
        .map(|(value, share)| (value.get_ref().compared(column, "="), *share))
        .collect();
    classes.push((format!("NOT {}", one_of(column, values)), other));
    classes
}

/// Bins are closed below and open above, the last one closed.
fn by_bin(column: &str, edges: &[f64], shares: &[f64], tails: [f64; 2]) -> Vec<Class> {
    let (Some(first), Some(last)) = (edges.first(), edges.last()) else {
        return Vec::new();
    };
    let value = format!("CAST(value_of({column}) AS DOUBLE)");
    let mut classes: Vec<Class> = Vec::new();
    for (at, (pair, share)) in edges.windows(2).zip(shares).enumerate() {
        let end = if at + 2 == edges.len() { "<=" } else { "<" };
        let condition = format!(
            "{value} >= {} AND {value} {end} {}",
            float(pair[0]),
            float(pair[1])
        );
        classes.push((condition, *share));
    }
    if first.is_finite() {
        classes.push((format!("{value} < {}", float(*first)), tails[0]));
    }
    if last.is_finite() {
        classes.push((format!("{value} > {}", float(*last)), tails[1]));
    }
    classes
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Divergence {
    column: Name,
    #[serde(default)]
    values: Option<Spanned<Vec<Spanned<Literal>>>>,
    #[serde(default)]
    bins: Option<Spanned<Vec<f64>>>,
    shares: Spanned<Vec<f64>>,
    #[serde(default)]
    other: Option<Spanned<f64>>,
    #[serde(default)]
    below: Option<Spanned<f64>>,
    #[serde(default)]
    above: Option<Spanned<f64>>,
    #[serde(default)]
    max: Option<f64>,
    #[serde(default)]
    against: Option<Spanned<AgainstArg>>,
    #[serde(default)]
    between: Option<Spanned<[f64; 2]>>,
    #[serde(default)]
    per: Option<Name>,
}

pub(super) const SHARES: Arg = Arg::required(
    "shares",
    Takes::Numbers,
    "the expected share of each, in the same order; all shares together add up to 1",
);

pub(super) const DIVERGENCE: Kind = Kind {
    name: "divergence",
    summary: "the values are distributed nearly as expected (Kullback-Leibler)",
    about: "The value measured is the Kullback-Leibler divergence of the observed from the expected shares, in nats: 0 \
        where they are the same, 0.1 where they differ visibly, without end above. The expected distribution is given as \
        shares of single values, or of bins: `bins = [0, 10, 20]` with two shares are the numbers from 0 to below 10 and \
        from 10 to 20. Infinite ends are written `-inf` and `inf`.\n\
        Values that are not expected at all make the divergence infinite, which fails; give them a share with `other`, \
        or with `below` and `above`.\n\
        Nulls are no value. A column of nulls alone, or an empty table, is skipped.",
    args: &[
        COLUMN,
        Arg::optional("values", Takes::Values, "the values expected").with(Effect::Admits),
        Arg::optional(
            "bins",
            Takes::Numbers,
            "in place of `values`: the edges of the bins, rising, one more than shares",
        ),
        SHARES,
        Arg::optional(
            "other",
            Takes::Share,
            "with `values`: the share of all other values together, by default 0",
        ),
        Arg::optional(
            "below",
            Takes::Share,
            "with `bins`: the share of what is less than the first edge, by default 0",
        ),
        Arg::optional(
            "above",
            Takes::Share,
            "with `bins`: the share of what is greater than the last edge, by default 0",
        ),
        Arg::optional(
            "max",
            Takes::Number,
            "the greatest divergence allowed, in nats",
        )
        .with(Effect::Most),
        AGAINST,
        BETWEEN,
        PER,
    ],
    examples: &[
        Example {
            toml: "kind = 'divergence'\ncolumn = 'state'\nvalues = ['NV', 'OK']\nshares = [0.5, 0.5]\nmax = 0.1",
            passes: "SELECT * FROM (VALUES ('NV'), ('NV'), ('OK'), ('OK'), ('OK'), (NULL)) AS t(state)",
            fails: "SELECT * FROM (VALUES ('NV'), ('OK'), ('TX')) AS t(state)",
            others: &[],
        },
        Example {
            toml: "kind = 'divergence'\ncolumn = 'age'\nbins = [0, 18, 65]\nshares = [0.2, 0.7]\nabove = 0.1\nmax = 0.2",
            passes: "SELECT * FROM (VALUES (3), (20), (30), (40), (64.5)) AS t(age)",
            fails: "SELECT * FROM (VALUES (3), (4), (5), (40), (90)) AS t(age)",
            others: &[],
        },
    ],
    load: load_as::<Divergence>,
};

impl Divergence {
    fn classes(&self) -> Vec<Class> {
        let column = ident(self.column.get_ref());
        let share = |share: &Option<Spanned<f64>>| share.as_ref().map_or(0.0, |s| *s.get_ref());
        let shares = self.shares.get_ref();
        match (&self.values, &self.bins) {
            (Some(values), _) => by_value(&column, values.get_ref(), shares, share(&self.other)),
            (None, Some(bins)) => {
                let tails = [share(&self.below), share(&self.above)];
                by_bin(&column, bins.get_ref(), shares, tails)
            }
            (None, None) => Vec::new(),
        }
    }

    fn ends(&self) -> Ends<'_> {
        Ends {
            max: self.max.map(Limit::from),
            against: self.against.as_ref(),
            between: self.between.as_ref(),
            per: self.per.as_ref(),
            range: NOT_NEGATIVE,
            ..Ends::default()
        }
    }

    fn misplaced(&self) -> Option<(&Spanned<f64>, &'static str)> {
        let binned = self.bins.is_some();
        let open = |at: fn(&[f64]) -> Option<&f64>| {
            let bins = self.bins.as_ref()?;
            Some(at(bins.get_ref()).is_some_and(|edge| edge.is_infinite()))
        };
        let tails = [
            (&self.below, open(<[f64]>::first)),
            (&self.above, open(<[f64]>::last)),
        ];
        for (tail, open) in tails {
            match (tail, open) {
                (Some(tail), None) => return Some((tail, "`below` and `above` go with `bins`")),
                (Some(tail), Some(true)) => {
                    return Some((tail, "beyond an infinite edge there is nothing"));
                }
                _ => {}
            }
        }
        let other = self.other.as_ref().filter(|_| binned);
        other.map(|other| (other, "`other` goes with `values`"))
    }
}

impl Lower for Divergence {
    fn lower(&self, subject: &Subject) -> Measure {
        let column = ident(self.column.get_ref());
        let term = |count: &str, total: &str, share: f64| {
            format!(
                "CASE WHEN {count} = 0 THEN 0.0 ELSE {count} / {total} * ln({count} / {total} / {}) END",
                float(share)
            )
        };
        let classes = self.classes();
        self.ends().measure(subject, "value", |subject| {
            summed(subject, &column, &classes, term)
        })
    }

    fn columns(&self) -> Vec<&Name> {
        std::iter::once(&self.column).chain(&self.per).collect()
    }

    fn types(&self) -> Vec<(&Name, &'static [Type])> {
        let binned = self.bins.iter();
        binned.map(|_| (&self.column, NUMERIC)).collect()
    }

    fn literals(&self) -> Vec<(&Name, &Spanned<Literal>)> {
        let values = self.values.iter().flat_map(|values| values.get_ref());
        values.map(|value| (&self.column, value)).collect()
    }

    fn problems(&self, text: &Text) -> Vec<Problem> {
        let wanted = match (&self.values, &self.bins) {
            (Some(values), None) => values.get_ref().len(),
            (None, Some(bins)) => {
                let edges = bins.get_ref();
                if !edges.windows(2).all(|pair| pair[0] < pair[1]) {
                    let message = "the edges of the bins do not rise";
                    return wrong(
                        text,
                        bins.span(),
                        message,
                        "write them smallest first, each once",
                    );
                }
                edges.len().saturating_sub(1)
            }
            _ => {
                let message = "exactly one of `values` and `bins` is needed";
                return wrong(text, self.column.span(), message, "give one of them");
            }
        };
        let rest = [&self.other, &self.below, &self.above]
            .into_iter()
            .flatten();
        let rest = rest.map(|share| *share.get_ref()).sum();
        let problems = share_problems(text, &self.shares, wanted, rest);
        if !problems.is_empty() {
            return problems;
        }
        if let Some((tail, why)) = self.misplaced() {
            return wrong(text, tail.span(), why, "take it out");
        }
        for tail in [&self.other, &self.below, &self.above]
            .into_iter()
            .flatten()
        {
            if !(0.0..=1.0).contains(tail.get_ref()) {
                return wrong(
                    text,
                    tail.span(),
                    "a share lies between 0 and 1",
                    "write 0.05",
                );
            }
        }
        self.ends().problems(text, self.column.span())
    }
}

/// Shares are one for each class, and with the `rest` they add up to 1.
pub(super) fn share_problems(
    text: &Text,
    shares: &Spanned<Vec<f64>>,
    wanted: usize,
    rest: f64,
) -> Vec<Problem> {
    let list = shares.get_ref();
    if list.len() != wanted || wanted == 0 {
        let message = format!("there are {} shares for {wanted} classes", list.len());
        return wrong(
            text,
            shares.span(),
            message,
            "give one share for each value or bin",
        );
    }
    let bad = |share: &f64| !share.is_finite() || *share < 0.0;
    if list.iter().any(bad) {
        let message = "a share lies between 0 and 1";
        return wrong(text, shares.span(), message, "write them as [0.6, 0.4]");
    }
    let sum = list.iter().sum::<f64>() + rest;
    if (sum - 1.0).abs() > ROUNDING {
        let message = format!("the shares add up to {sum}, not to 1");
        return wrong(
            text,
            shares.span(),
            message,
            "what else there may be has a share too",
        );
    }
    Vec::new()
}
