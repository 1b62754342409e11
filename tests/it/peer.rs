//! The cases of a well-known peer, asked in our terms: what it says of a table we say too.
//!
//! The cases lie beside the project, not in it; where they are not there the test says so and passes.

mod table;
mod translate;

use arrow::array::RecordBatch;
use lockgate::outcome::{Page, Verdict};
use serde_json::{Map, Value};

use crate::ask::{Asked, Judged, ask, first_run};
use table::{float, table};
use translate::{THIS, Translator};

const CASES: &str = "cases/expectations.jsonl";

/// Cases whose answer differs by design, by id, each with the reason.
const EXCEPTIONS: &[(&str, &str)] = &[(
    "a1253215584c",
    "a least length above the greatest: it lets every row fail, we refuse the project, since nothing could pass",
)];

/// What came of one case.
enum Came {
    Right,
    /// The meaning does not carry over: why.
    Untold(&'static str),
    Wrong(String),
}

#[tokio::test]
async fn what_a_peer_says_of_a_table_we_say_too() {
    let Some(path) = crate::support::outside(CASES) else {
        return;
    };
    let text = std::fs::read_to_string(&path).expect("the cases can be read");
    let (mut right, mut untold, mut wrong) = (0, Vec::new(), Vec::new());
    for line in text.lines() {
        let case: Value = serde_json::from_str(line).expect("a case a line");
        let text = |key: &str| case[key].as_str().unwrap_or_default().to_owned();
        let name = format!("{} {} {}", text("id"), text("expectation"), text("title"));
        match run(&case).await {
            Came::Right => right += 1,
            Came::Untold(why) => untold.push(format!("{name}: {why}")),
            Came::Wrong(how) => wrong.push((text("id"), format!("{name}\n    {how}"))),
        }
    }
    let excepted = |id: &str| EXCEPTIONS.iter().any(|(known, _)| *known == id);
    let (known, new): (Vec<_>, Vec<_>) = wrong.iter().partition(|(id, _)| excepted(id));
    println!(
        "{right} right, {} otherwise by design, {} wrong, {} without our like",
        known.len(),
        new.len(),
        untold.len()
    );
    for line in untold.iter().chain(known.iter().map(|(_, line)| line)) {
        println!("{line}");
    }
    let new: Vec<&str> = new.iter().map(|(_, line)| line.as_str()).collect();
    assert!(new.is_empty(), "{}", new.join("\n"));
    assert!(right * 100 >= (right + wrong.len()) * 95);
}

async fn run(case: &Value) -> Came {
    let kwargs = case["kwargs"].as_object().expect("arguments");
    let tables = tables(case, kwargs);
    let translator = Translator {
        name: case["expectation"].as_str().expect("a name"),
        kwargs,
        table: &tables[0].1[0],
    };
    let asks = match translator.translate() {
        Ok(asks) => asks,
        Err(why) => return Came::Untold(why),
    };
    let borrowed: Vec<(&str, Vec<RecordBatch>)> = tables
        .iter()
        .map(|(name, batches)| (name.as_str(), batches.clone()))
        .collect();
    let mut answers = Vec::new();
    for toml in &asks {
        answers.push(ask(toml, &borrowed, first_run()).await);
    }
    match differs(case, &answers) {
        None => Came::Right,
        Some(how) => Came::Wrong(format!("{how}\n    {asks:?}\n    {answers:?}")),
    }
}

fn tables(case: &Value, kwargs: &Map<String, Value>) -> Vec<(String, Vec<RecordBatch>)> {
    let dates = kwargs.get("parse_strings_as_datetimes") == Some(&Value::Bool(true));
    let made = |data: &Value, schemas: &Value| {
        vec![table(data.as_object().expect("columns"), schemas, dates)]
    };
    if let Some(data) = case.get("dataset") {
        return vec![(THIS.to_owned(), made(data, &case["schemas"]))];
    }
    let sets = case["datasets"].as_array().expect("datasets").iter();
    let named = sets.enumerate().map(|(at, set)| {
        let name = set["name"].as_str().expect("a name");
        let name = if at == 0 { THIS } else { name };
        (name.to_owned(), made(&set["data"], &set["schemas"]))
    });
    named.collect()
}

/// How our answers differ from what the case expects; `None`: they do not.
fn differs(case: &Value, answers: &[Asked]) -> Option<String> {
    let mut judged = Vec::new();
    for answer in answers {
        match answer {
            Asked::Judged(one) => judged.push(one),
            _ if case["expects_error"] == true => return None,
            Asked::Wrong(problems) => return Some(format!("refused: {}", problems[0])),
            Asked::Failed(why) => return Some(format!("failed: {why}")),
        }
    }
    if case["expects_error"] == true {
        return Some("an error is expected".to_owned());
    }
    let expect = &case["expect"];
    if let Some(success) = expect["success"].as_bool() {
        let passed = judged.iter().all(|one| passed(one));
        if passed != success {
            return Some(format!("success is {success}"));
        }
    }
    if let Some(list) = expect.get("unexpected_list").and_then(Value::as_array) {
        let wanted: Vec<Vec<Cell>> = list.iter().map(|one| cells(one, case)).collect();
        let columns = shown_columns(case);
        let found = shown(&judged[0].violations, &columns);
        if !same(wanted, found) {
            return Some(format!("unexpected are {list:?}"));
        }
    }
    observed(case, &judged)
}

/// Nothing to ask about: vacuously true of rows, and no value to be within bounds.
fn passed(one: &Judged) -> bool {
    match one.verdict {
        Verdict::Skip => one.rows.is_some(),
        verdict => verdict == Verdict::Pass,
    }
}

/// A cell that compares as a number where it is one.
#[derive(Clone, Debug, PartialEq)]
enum Cell {
    Null,
    Number(f64),
    Text(String),
}

impl Cell {
    fn of(text: &str) -> Self {
        match text.parse() {
            Ok(number) => Self::Number(number),
            Err(_) => match table::point(text) {
                Some(time) => Self::Number(time.and_utc().timestamp() as f64),
                None => Self::Text(text.to_owned()),
            },
        }
    }

    fn key(&self) -> (u8, f64, &str) {
        match self {
            Self::Null => (0, 0.0, ""),
            Self::Number(number) => (1, *number, ""),
            Self::Text(text) => (2, 0.0, text),
        }
    }

    fn near(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => (a - b).abs() <= 1e-7 * b.abs() + 1e-9,
            (a, b) => a == b,
        }
    }
}

fn cell(value: &Value) -> Cell {
    match (value, float(value)) {
        (Value::Null, _) => Cell::Null,
        (_, Some(number)) => Cell::Number(number),
        (Value::String(text), None) => Cell::of(text),
        (other, None) => Cell::of(&other.to_string()),
    }
}

/// An unexpected row as the cells of the columns asked about.
fn cells(one: &Value, case: &Value) -> Vec<Cell> {
    match one {
        Value::Array(list) => list.iter().map(cell).collect(),
        Value::Object(row) if !row.keys().any(|key| key.starts_with('$')) => {
            let columns = shown_columns(case);
            columns
                .iter()
                .map(|column| cell(&one[column.as_str()]))
                .collect()
        }
        other => vec![cell(other)],
    }
}

fn shown_columns(case: &Value) -> Vec<String> {
    let kwargs = &case["kwargs"];
    let keys = ["column", "column_A", "column_B"];
    let mut columns: Vec<String> = keys
        .iter()
        .filter_map(|key| kwargs[key].as_str())
        .map(str::to_owned)
        .collect();
    let list = kwargs["column_list"].as_array().into_iter().flatten();
    columns.extend(list.filter_map(Value::as_str).map(str::to_owned));
    columns
}

fn shown(page: &Page, columns: &[String]) -> Vec<Vec<Cell>> {
    let places: Vec<Option<usize>> = columns
        .iter()
        .map(|column| page.columns.iter().position(|known| known == column))
        .collect();
    let one = |row: &Vec<Option<String>>| {
        let cells = places.iter().map(|place| {
            let text = place.and_then(|place| row[place].as_deref());
            text.map_or(Cell::Null, Cell::of)
        });
        cells.collect()
    };
    page.rows.iter().map(one).collect()
}

/// Whether two lists hold the same rows, each as often.
fn same(mut wanted: Vec<Vec<Cell>>, mut found: Vec<Vec<Cell>>) -> bool {
    for list in [&mut wanted, &mut found] {
        list.sort_by(|a, b| {
            let keys = |row: &[Cell]| {
                row.iter()
                    .map(Cell::key)
                    .map(|(k, n, t)| (k, n.to_string(), t.to_owned()))
                    .collect::<Vec<_>>()
            };
            keys(a).cmp(&keys(b))
        });
    }
    let near = |(a, b): (&Vec<Cell>, &Vec<Cell>)| {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.near(b))
    };
    wanted.len() == found.len() && wanted.iter().zip(&found).all(near)
}

/// How the value observed differs; what we show only where it violates is compared there.
fn observed(case: &Value, judged: &[&Judged]) -> Option<String> {
    let value = case["expect"].get("observed_value")?;
    let slack = case["tolerance"].as_f64().unwrap_or(5e-2);
    let near = |a: f64, b: f64| (a - b).abs() <= slack + 1e-7 * b.abs();
    let told = || Some(format!("the value observed is {value}"));
    let one = judged[0];
    match value {
        Value::Number(_) => {
            let wanted = value.as_f64()?;
            let counted = shown(&one.violations, &["columns".to_owned()]);
            let found = match (one.value, counted.first().and_then(|row| row.first())) {
                (Some(found), _) => found.as_f64(),
                (None, Some(Cell::Number(found))) => *found,
                _ => return None,
            };
            (!near(found, wanted)).then(told)?
        }
        Value::Null => {
            let finite = one.value.is_some_and(|value| value.as_f64().is_finite());
            finite.then(told)?
        }
        Value::Object(map) if map.contains_key("quantiles") => {
            let values = map["values"].as_array()?.iter().filter_map(float);
            let mut pairs = judged.iter().zip(values);
            let apart = |(one, wanted): (&&Judged, f64)| {
                one.value.is_none_or(|found| !near(found.as_f64(), wanted))
            };
            pairs.any(apart).then(told)?
        }
        Value::String(text) => {
            let count: u64 = text.split(' ').next()?.parse().ok()?;
            (one.rows != Some(count)).then(told)?
        }
        Value::Array(list) => (!same_set(case, one, list)).then(told)?,
        _ => None,
    }
}

/// Whether the values that violate are those that the values observed and the list make violate.
fn same_set(case: &Value, one: &Judged, observed: &[Value]) -> bool {
    let name = case["expectation"].as_str().unwrap_or_default();
    if one.verdict == Verdict::Pass {
        return true;
    }
    let listed = ["value_set", "column_set"]
        .iter()
        .find_map(|key| case["kwargs"][key].as_array());
    let listed: Vec<Cell> = listed.into_iter().flatten().map(cell).collect();
    let found: Vec<Cell> = observed.iter().map(cell).collect();
    let without = |some: &[Cell], others: &[Cell]| -> Vec<Vec<Cell>> {
        let kept = some
            .iter()
            .filter(|one| !others.iter().any(|other| other.near(one)));
        kept.map(|one| vec![one.clone()]).collect()
    };
    let (extra, missing) = (without(&found, &listed), without(&listed, &found));
    let both = extra.iter().chain(&missing).cloned().collect();
    let exact = case["kwargs"]["exact_match"] != false;
    let wanted = match name {
        "expect_column_distinct_values_to_be_in_set" => extra,
        "expect_column_distinct_values_to_contain_set" => missing,
        "expect_column_distinct_values_to_equal_set" => both,
        "expect_table_columns_to_match_set" if listed.is_empty() => return true,
        "expect_table_columns_to_match_set" if exact => both,
        "expect_table_columns_to_match_set" => missing,
        "expect_column_most_common_value_to_be_in_set" => without(&found, &[]),
        _ => return true,
    };
    let columns = match name {
        "expect_table_columns_to_match_set" => vec!["column".to_owned()],
        _ => shown_columns(case),
    };
    same(wanted, shown(&one.violations, &columns))
}
