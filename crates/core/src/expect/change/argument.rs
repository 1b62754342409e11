//! What the change of one argument of an expectation means.

use sqlparser::dialect::GenericDialect;
use sqlparser::tokenizer::{Token, Tokenizer, Word};
use toml::{Table, Value};

use super::renamed::plain;
use crate::expect::{Arg, Effect, Kind, Takes};

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
    kind: &Kind,
    key: &str,
    old: Option<&Value>,
    new: Option<&Value>,
) -> Option<Told> {
    let words = format!("{key} was {} and is {}", shown(old), shown(new));
    Some(match key {
        "kind" | "weakened" | "on_fail" => return None,
        "because" => (
            Way::Neither,
            "words",
            "the reason reads otherwise".to_owned(),
        ),
        "severity" => return severity(old, new, words),
        "where" => filter(old, new)?,
        // Words that count as null are violations of `not_null`, and are not asked by others.
        "missing" if kind.name == "not_null" => {
            let none = Value::Array(Vec::new());
            let (old, new) = (old.unwrap_or(&none), new.unwrap_or(&none));
            values(key, Some(old), Some(new), Effect::Demands, words)
        }
        _ => match kind.arg(key) {
            Some(arg) => by_effect(arg, old, new, words),
            None => (Way::Weaker, "argument_changed", words),
        },
    })
}

/// What the change of one of a kind's own arguments means.
fn by_effect(arg: &Arg, old: Option<&Value>, new: Option<&Value>, words: String) -> Told {
    let key = arg.name;
    if arg.takes == Takes::Sql && same_sql(old, new) {
        return (Way::Neither, "words", format!("{key} is spelt otherwise"));
    }
    let way = match arg.effect {
        Effect::Unknown => return (Way::Weaker, "argument_changed", words),
        Effect::Admits | Effect::Demands => return values(key, old, new, arg.effect, words),
        Effect::Interval => match (pair(old), pair(new)) {
            (Some(old), Some(new)) => interval(old, new),
            (None, Some(_)) => Way::Stronger,
            _ => Way::Weaker,
        },
        Effect::Least => limit(number(old), number(new), |old, new| new < old),
        Effect::Most => limit(number(old), number(new), |old, new| new > old),
        Effect::Tolerance => tolerances(old, new),
        Effect::Past => past(old, new),
        Effect::Strict => match new.and_then(Value::as_bool) {
            Some(true) => Way::Stronger,
            _ => Way::Weaker,
        },
    };
    match way {
        Way::Weaker => (way, "bound_widened", words),
        _ => (Way::Stronger, "bound_narrowed", words),
    }
}

fn severity(old: Option<&Value>, new: Option<&Value>, words: String) -> Option<Told> {
    let warns = |value: Option<&Value>| value.and_then(Value::as_str) == Some("warn");
    match (warns(old), warns(new)) {
        (false, true) => Some((Way::Weaker, "severity_lowered", words)),
        (true, false) => Some((Way::Stronger, "severity_raised", words)),
        _ => None,
    }
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

/// How far apart values may lie, for all columns or for each; what is not given is 0.
fn tolerances(old: Option<&Value>, new: Option<&Value>) -> Way {
    let apart = |value: Option<&Value>, column: &str| match value {
        Some(Value::Table(table)) => number(table.get(column)).unwrap_or(0.0),
        value => number(value).unwrap_or(0.0),
    };
    let tables = [old, new].into_iter().flatten().filter_map(Value::as_table);
    let mut columns: Vec<&str> = tables
        .flat_map(|table| table.keys().map(String::as_str))
        .collect();
    columns.push("");
    let wider = |column: &&str| apart(new, column) > apart(old, column);
    if columns.iter().any(wider) {
        Way::Weaker
    } else {
        Way::Stronger
    }
}

/// A nearer range, or a lower limit, around the same past is stronger; around another past it cannot be told.
fn past(old: Option<&Value>, new: Option<&Value>) -> Way {
    let tables = (old.and_then(Value::as_table), new.and_then(Value::as_table));
    let (Some(old), Some(new)) = tables else {
        return Way::Weaker;
    };
    let keys = old.keys().chain(new.keys());
    let mut changed = keys.filter(|key| old.get(*key) != new.get(*key));
    let stronger = changed.all(|key| match key.as_str() {
        "change" | "difference" => match (pair(old.get(key)), pair(new.get(key))) {
            (Some(old), Some(new)) => interval(old, new) == Way::Stronger,
            _ => false,
        },
        "robust_z" => {
            let way = limit(number(old.get(key)), number(new.get(key)), |old, new| {
                new > old
            });
            old.contains_key(key) && way == Way::Stronger
        }
        _ => false,
    });
    if stronger { Way::Stronger } else { Way::Weaker }
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
/// or must not be ([`Effect::Demands`]), when it shrinks.
fn values(
    key: &str,
    old: Option<&Value>,
    new: Option<&Value>,
    effect: Effect,
    words: String,
) -> Told {
    let list = |value: Option<&Value>| value.and_then(Value::as_array).cloned();
    let (Some(old), Some(new)) = (list(old), list(new)) else {
        return (Way::Weaker, "argument_changed", words);
    };
    let less = |a: &[Value], b: &[Value]| {
        let has = |value: &Value| b.iter().any(|other| plain(other) == plain(value));
        let missing = a.iter().filter(|value| !has(value));
        missing.map(Value::to_string).collect::<Vec<_>>().join(", ")
    };
    let (gone, come) = (less(&old, &new), less(&new, &old));
    let weaker = if effect == Effect::Demands {
        &gone
    } else {
        &come
    };
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

/// Whether two texts are the same SQL but for blanks, comments and the case of words.
fn same_sql(old: Option<&Value>, new: Option<&Value>) -> bool {
    match (old.and_then(Value::as_str), new.and_then(Value::as_str)) {
        (Some(old), Some(new)) => same_tokens(old, new),
        _ => false,
    }
}

fn same_tokens(old: &str, new: &str) -> bool {
    matches!((tokens(old), tokens(new)), (Some(old), Some(new)) if old == new)
}

/// The tokens of a SQL text: blanks and comments are none, and names and keywords without quotes mean the
/// same in any case. `None`: it cannot be read.
fn tokens(text: &str) -> Option<Vec<Token>> {
    let tokens = Tokenizer::new(&GenericDialect {}, text).tokenize().ok()?;
    let told = tokens.into_iter().filter_map(|token| match token {
        Token::Whitespace(_) => None,
        Token::Word(word) if word.quote_style.is_none() => Some(Token::Word(Word {
            value: word.value.to_lowercase(),
            ..word
        })),
        other => Some(other),
    });
    Some(told.collect())
}

/// SQL in one of the ways there are to write it.
pub(super) fn spelt(sql: &str) -> String {
    let Some(tokens) = tokens(sql) else {
        return sql.to_owned();
    };
    let tokens: Vec<String> = tokens.iter().map(Token::to_string).collect();
    tokens.join(" ")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pasts_tolerances_and_missing_words_become_weaker_or_stronger() {
        for (kind, old, new, weaker) in [
            (
                "sum",
                "against = { previous = 1, change = [-10, 10] }",
                "against = { previous = 1, change = [-9, 10] }",
                false,
            ),
            (
                "sum",
                "against = { previous = 1, change = [-10, 10] }",
                "against = { previous = 1, change = [-9, 11] }",
                true,
            ),
            (
                "sum",
                "against = { previous = 9, robust_z = 3 }",
                "against = { previous = 9, robust_z = 2 }",
                false,
            ),
            (
                "sum",
                "against = { previous = 9, robust_z = 3 }",
                "against = { previous = 9, robust_z = 4 }",
                true,
            ),
            (
                "sum",
                "against = { previous = 1, change = [-1, 1] }",
                "against = { previous = 2, change = [-1, 1] }",
                true,
            ),
            (
                "sum",
                "against = { previous = 1, change = [-1, 1] }",
                "against = { previous = 1, difference = [-1, 1] }",
                true,
            ),
            ("compare", "", "tolerance = 0.1", true),
            ("compare", "tolerance = 0.1", "", false),
            ("compare", "tolerance = 0.1", "tolerance = 0.2", true),
            (
                "same_rows_as",
                "tolerance = { a = 0.1, b = 1 }",
                "tolerance = { a = 0.1 }",
                false,
            ),
            (
                "same_rows_as",
                "tolerance = { a = 0.1 }",
                "tolerance = { a = 0.1, b = 1 }",
                true,
            ),
            ("not_null", "", "missing = ['-']", false),
            ("not_null", "missing = ['-', '']", "missing = ['-']", true),
            ("in_set", "", "missing = ['-']", true),
        ] {
            let (before, after): (Table, Table) = (old.parse().unwrap(), new.parse().unwrap());
            let key = new.split(' ').next().filter(|key| !key.is_empty());
            let key = key.unwrap_or("tolerance");
            let (way, ..) = argument(
                crate::expect::kind(kind).unwrap(),
                key,
                before.get(key),
                after.get(key),
            )
            .unwrap();
            let wanted = if weaker { Way::Weaker } else { Way::Stronger };
            assert!(way == wanted, "{kind}: {old} -> {new}");
        }
    }
}
