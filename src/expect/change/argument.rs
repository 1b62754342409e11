//! What the change of one argument of an expectation means, told from its name.

use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};
use toml::{Table, Value};

use crate::expect::{Takes, kind};

/// Which way a change of an expectation goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Weaker,
    Stronger,
    Neither,
}

/// Which way it goes, its stable name, and words.
pub(super) type Told = (Way, &'static str, String);

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "not given".to_owned(), Value::to_string)
}

/// What the change of one key means; `None` where it says nothing by itself.
pub(super) fn argument(
    kind: &str,
    key: &str,
    old: Option<&Value>,
    new: Option<&Value>,
) -> Option<Told> {
    let words = format!("{key} was {} and is {}", shown(old), shown(new));
    let widened = |way| match way {
        Way::Weaker => (Way::Weaker, "bound_widened", words.clone()),
        _ => (Way::Stronger, "bound_narrowed", words.clone()),
    };
    Some(match key {
        "kind" | "weakened" | "on_fail" => return None,
        "because" => (
            Way::Neither,
            "words",
            "the reason reads otherwise".to_owned(),
        ),
        "severity" => return severity(old, new, words),
        "where" => filter(old, new)?,
        _ if is_sql(kind, key) && same_sql(old, new) => {
            (Way::Neither, "words", format!("{key} is spelt otherwise"))
        }
        "between" => match (pair(old), pair(new)) {
            (Some(old), Some(new)) => widened(interval(old, new)),
            (None, Some(_)) => widened(Way::Stronger),
            _ => widened(Way::Weaker),
        },
        "min" => widened(limit(number(old), number(new), |old, new| new < old)),
        "max" | "within" => widened(limit(number(old), number(new), |old, new| new > old)),
        "strict" | "strict_min" | "strict_max" => widened(match new.and_then(Value::as_bool) {
            Some(true) => Way::Stronger,
            _ => Way::Weaker,
        }),
        "values" | "in" | "any" | "types" => values((key, kind), old, new, false, words),
        "contain" | "all" => values((key, kind), old, new, true, words),
        _ => (Way::Weaker, "argument_changed", words),
    })
}

fn severity(old: Option<&Value>, new: Option<&Value>, words: String) -> Option<Told> {
    let warns = |value: Option<&Value>| value.and_then(Value::as_str) == Some("warn");
    match (warns(old), warns(new)) {
        (false, true) => Some((Way::Weaker, "severity_lowered", words)),
        (true, false) => Some((Way::Stronger, "severity_raised", words)),
        _ => None,
    }
}

/// Whether the argument is SQL, of which blanks and comments are no part.
fn is_sql(name: &str, key: &str) -> bool {
    let mut args = kind(name).into_iter().flat_map(|kind| kind.args);
    args.any(|arg| arg.name == key && arg.takes == Takes::Sql)
}

fn limit(old: Option<f64>, new: Option<f64>, weaker: impl Fn(f64, f64) -> bool) -> Way {
    match (old, new) {
        (Some(old), Some(new)) if !weaker(old, new) => Way::Stronger,
        (None, Some(_)) => Way::Stronger,
        _ => Way::Weaker,
    }
}

/// An interval is weaker wherever it reaches further, even if it is narrower at the other end.
fn interval(old: [f64; 2], new: [f64; 2]) -> Way {
    if new[0] < old[0] || new[1] > old[1] {
        Way::Weaker
    } else {
        Way::Stronger
    }
}

fn pair(value: Option<&Value>) -> Option<[f64; 2]> {
    match value?.as_array()?.as_slice() {
        [low, high] => Some([number(Some(low))?, number(Some(high))?]),
        _ => None,
    }
}

/// A number; a date by its day; a length of time as its days.
fn number(value: Option<&Value>) -> Option<f64> {
    match value? {
        Value::Integer(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        Value::String(text) => match text.parse::<chrono::NaiveDate>() {
            Ok(date) => Some(f64::from(chrono::Datelike::num_days_from_ce(&date))),
            Err(_) => length(text),
        },
        _ => None,
    }
}

fn length(text: &str) -> Option<f64> {
    let (number, unit) = text.trim().split_once(' ')?;
    let days = match unit.trim().trim_end_matches('s') {
        "minute" => 1.0 / 1440.0,
        "hour" => 1.0 / 24.0,
        "day" => 1.0,
        "week" => 7.0,
        "month" => 30.0,
        "year" => 365.0,
        _ => return None,
    };
    Some(number.parse::<f64>().ok()? * days)
}

fn filter(old: Option<&Value>, new: Option<&Value>) -> Option<Told> {
    Some(match (old, new) {
        (Some(_), Some(_)) if same_sql(old, new) => {
            (Way::Neither, "words", "where is spelt otherwise".to_owned())
        }
        (Some(_), None) => (
            Way::Stronger,
            "filter_dropped",
            format!(
                "all rows are asked about, not only those where {}",
                shown(old)
            ),
        ),
        _ => (
            Way::Weaker,
            "filter_narrowed",
            format!(
                "only rows where {} are asked about; before, {}",
                shown(new),
                match old {
                    Some(old) => format!("those where {old}"),
                    None => "all were".to_owned(),
                }
            ),
        ),
    })
}

/// A list of what may be lets more rows pass when it grows; one of what must
/// (`demanded`) or must not be, when it shrinks.
fn values(
    (key, kind): (&str, &str),
    old: Option<&Value>,
    new: Option<&Value>,
    demanded: bool,
    words: String,
) -> Told {
    let list = |value: Option<&Value>| value.and_then(Value::as_array).cloned();
    let (Some(old), Some(new)) = (list(old), list(new)) else {
        return (Way::Weaker, "argument_changed", words);
    };
    let less = |a: &[Value], b: &[Value]| {
        let missing = a.iter().filter(|value| !b.contains(value));
        missing.map(Value::to_string).collect::<Vec<_>>().join(", ")
    };
    let (gone, come) = (less(&old, &new), less(&new, &old));
    let shrinks = demanded != kind.starts_with("not_");
    let weaker = if shrinks { &gone } else { &come };
    let words = match (gone.is_empty(), come.is_empty()) {
        (true, true) => format!("{key} stands in another order"),
        (true, false) => format!("{key} has {come} too"),
        (false, true) => format!("{key} no longer has {gone}"),
        (false, false) => format!("{key} has {come} too, and no longer {gone}"),
    };
    if gone.is_empty() && come.is_empty() {
        (Way::Neither, "words", words)
    } else if weaker.is_empty() {
        (Way::Stronger, "values_narrowed", words)
    } else {
        (Way::Weaker, "values_widened", words)
    }
}

/// Whether two texts are the same SQL but for blanks and comments.
fn same_sql(old: Option<&Value>, new: Option<&Value>) -> bool {
    match (old.and_then(Value::as_str), new.and_then(Value::as_str)) {
        (Some(old), Some(new)) => same_tokens(old, new),
        _ => false,
    }
}

fn same_tokens(old: &str, new: &str) -> bool {
    let tokens = |text: &str| {
        let tokens = Tokenizer::new(&GenericDialect {}, text).tokenize();
        let tokens = tokens.ok()?.into_iter();
        let told = tokens.filter(|token| !matches!(token, Token::Whitespace(_)));
        Some(told.collect::<Vec<_>>())
    };
    matches!((tokens(old), tokens(new)), (Some(old), Some(new)) if old == new)
}

/// What became of the SQL of the cleaner that an expectation uses; `None`: nothing.
pub(super) fn cleaner(old: &str, new: &str) -> Option<Told> {
    if old == new {
        return None;
    }
    if same_tokens(old, new) {
        let words = "the cleaner's SQL is spelt otherwise".to_owned();
        return Some((Way::Neither, "words", words));
    }
    let words = format!("the cleaner was `{old}` and is `{new}`");
    Some((Way::Weaker, "cleaner_changed", words))
}

/// How many violations pass, where both say it in the same unit.
enum Allowed {
    Rows(f64),
    Share(f64),
}

fn allowed(values: &Table) -> Allowed {
    let allow = values.get("allow").and_then(Value::as_table);
    let of = |key: &str| number(allow.and_then(|allow| allow.get(key)));
    match (of("share"), of("rows"), values.contains_key("on_fail")) {
        (Some(share), _, _) => Allowed::Share(share),
        (None, Some(rows), _) => Allowed::Rows(rows),
        // Rows that are set aside may be all of them, unless it is said otherwise.
        (None, None, true) => Allowed::Share(1.0),
        (None, None, false) => Allowed::Rows(0.0),
    }
}

/// What became of the violations that pass; `None`: nothing.
pub(super) fn tolerance(old: &Table, new: &Table) -> Option<Told> {
    let (before, after) = (allowed(old), allowed(new));
    let way = match (&before, &after) {
        (Allowed::Rows(old), Allowed::Rows(new)) | (Allowed::Share(old), Allowed::Share(new)) => {
            match new.total_cmp(old) {
                std::cmp::Ordering::Less => Way::Stronger,
                std::cmp::Ordering::Equal => return None,
                std::cmp::Ordering::Greater => Way::Weaker,
            }
        }
        (Allowed::Share(old), Allowed::Rows(_)) if *old >= 1.0 => Way::Stronger,
        (_, Allowed::Rows(0.0) | Allowed::Share(0.0)) => Way::Stronger,
        _ => Way::Weaker,
    };
    let told = |allowed: &Allowed| match allowed {
        Allowed::Rows(0.0) => "none".to_owned(),
        Allowed::Rows(rows) => format!("{rows} rows"),
        Allowed::Share(share) => format!("a share of {share}"),
    };
    let words = format!(
        "violations allowed were {} and are {}",
        told(&before),
        told(&after)
    );
    Some(match way {
        Way::Weaker => (way, "tolerance_raised", words),
        _ => (way, "tolerance_lowered", words),
    })
}
