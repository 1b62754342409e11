//! Every type that a model's SQL can yield: stored and read back, or refused by `check` with the cast to write.

use lockgate::check;
use lockgate::error::{Error, Problem};
use lockgate::outcome::Gate;

use crate::support::{Scratch, model, wait};

const MANIFEST: &str = "name = 'kinds'\nlayers = ['base', 'top']\n";
const ORDERS: &str = "version = '1.0.0'\nsummary = 'Orders.'\nowner = 'o@example.com'\n[file]\nname = ['orders_{date}.csv']\n\
    date = '%Y-%m-%d'\n[columns]\nid = {}\n";

/// What a table holds: an expression, and its value as it is read back.
const HELD: &[(&str, &str)] = &[
    ("null", "~"),
    ("true", "true"),
    ("arrow_cast(7, 'Int8')", "7"),
    ("arrow_cast(7, 'Int16')", "7"),
    ("arrow_cast(7, 'Int32')", "7"),
    ("7", "7"),
    ("arrow_cast(7, 'UInt8')", "7"),
    ("arrow_cast(7, 'UInt16')", "7"),
    ("arrow_cast(4294967295, 'UInt32')", "4294967295"),
    ("arrow_cast(7, 'UInt64')", "7"),
    ("arrow_cast(0.5, 'Float16')", "0.5"),
    ("arrow_cast(0.5, 'Float32')", "0.5"),
    ("cast('NaN' as double)", "NaN"),
    ("arrow_cast('1.25', 'Decimal32(5, 2)')", "1.25"),
    ("arrow_cast('1.25', 'Decimal64(10, 2)')", "1.25"),
    ("cast('1.25' as decimal(38, 2))", "1.25"),
    ("arrow_cast('1.25', 'Decimal256(20, 2)')", "1.25"),
    ("'a'", "a"),
    ("arrow_cast('a', 'LargeUtf8')", "a"),
    ("arrow_cast('a', 'Utf8View')", "a"),
    ("arrow_cast('a', 'Dictionary(Int32, Utf8)')", "a"),
    ("arrow_cast('a', 'Binary')", "61"),
    ("arrow_cast('a', 'LargeBinary')", "61"),
    ("arrow_cast('a', 'BinaryView')", "61"),
    (
        "arrow_cast(arrow_cast('a', 'Binary'), 'FixedSizeBinary(1)')",
        "61",
    ),
    ("date '9999-12-31'", "9999-12-31"),
    ("arrow_cast(date '2024-01-31', 'Date64')", "2024-01-31"),
    (
        "arrow_cast('2024-01-31T12:00:00', 'Timestamp(Second, None)')",
        "2024-01-31T12:00:00Z",
    ),
    (
        "arrow_cast('2024-01-31T12:00:00', 'Timestamp(Millisecond, None)')",
        "2024-01-31T12:00:00Z",
    ),
    ("timestamp '2024-01-31 12:00:00'", "2024-01-31T12:00:00Z"),
    (
        "arrow_cast('2024-01-31T12:00:00', 'Timestamp(Nanosecond, None)')",
        "2024-01-31T12:00:00Z",
    ),
    (
        "arrow_cast('2024-01-31T12:00:00Z', 'Timestamp(Nanosecond, Some(\"+02:00\"))')",
        "2024-01-31T12:00:00Z",
    ),
    ("make_array(1, 2)", "[1, 2]"),
    ("arrow_cast(make_array(1), 'LargeList(Int64)')", "[1]"),
    (
        "arrow_cast(make_array(1), 'FixedSizeList(1, Int64)')",
        "[1]",
    ),
    ("make_array(arrow_cast(7, 'UInt8'))", "[7]"),
    ("named_struct('a', 1, 'b', 'x')", "{a: 1, b: x}"),
    ("named_struct('a', arrow_cast(7, 'UInt16'))", "{a: 7}"),
];

/// What no table holds: an expression, its type in words, and the form that the help gives.
const REFUSED: &[(&str, &str, &str)] = &[
    ("interval '1 day'", "is interval", "cast(… as varchar)"),
    ("time '10:00:00'", "is time", "cast(… as varchar)"),
    (
        "arrow_cast('10:00:00', 'Time32(Second)')",
        "is time",
        "cast(… as varchar)",
    ),
    (
        "timestamp '2024-01-02 00:00:00' - timestamp '2024-01-01 00:00:00'",
        "is duration",
        "cast(… as bigint)",
    ),
    (
        "arrow_cast('1.25', 'Decimal256(50, 2)')",
        "is decimal(50, 2)",
        "cast(… as decimal(38, 2))",
    ),
    (
        "make_array(interval '1 day')",
        "holds interval",
        "cast(… as varchar)",
    ),
    (
        "named_struct('a', time '10:00:00')",
        "holds time",
        "cast(… as varchar)",
    ),
];

fn town() -> Scratch {
    let town = Scratch::new(&[
        ("lockgate.toml", MANIFEST),
        ("contracts/sources/orders.toml", ORDERS),
    ]);
    town.write("data/orders_2024-01-01.csv", "id\n1\n");
    town
}

fn sql(expression: &str) -> String {
    format!("select id,\n  {expression} as found\nfrom raw.orders\n")
}

fn problems(town: &Scratch) -> Vec<Problem> {
    let project = town.project();
    match wait(async move { check::check(&project).await }) {
        Ok(_) => Vec::new(),
        Err(Error::Project(problems)) => problems,
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn every_type_that_a_table_can_hold_is_stored_and_read_back() {
    let town = town();
    for (at, (expression, _)) in HELD.iter().enumerate() {
        town.write(&format!("models/base/m{at:02}.sql"), sql(expression));
        let above = format!("select id, found from m{at:02}\n");
        town.write(&format!("models/top/t{at:02}.sql"), above);
    }
    assert!(problems(&town).is_empty());
    let run = town.run();
    let mut wrong = Vec::new();
    for (at, (expression, value)) in HELD.iter().enumerate() {
        let above = format!("t{at:02}");
        if model(&run, &above).gate != Gate::Open {
            wrong.push(format!("{expression}: {:?}", model(&run, &above)));
            continue;
        }
        let found = town.query(&format!("select found from {above}"));
        if found != [*value] {
            wrong.push(format!("{expression}: {found:?}, not {value}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_type_that_no_table_can_hold_is_refused_at_its_column_with_the_cast_that_works() {
    let mut wrong = Vec::new();
    let (town, mended) = (town(), town());
    for (at, (expression, ..)) in REFUSED.iter().enumerate() {
        town.write(&format!("models/base/m{at:02}.sql"), sql(expression));
    }
    let found = problems(&town);
    assert_eq!(found.len(), REFUSED.len(), "{found:?}");
    for (at, (expression, kind, form)) in REFUSED.iter().enumerate() {
        let path = format!("models/base/m{at:02}.sql");
        let told = found.iter().find(|problem| {
            problem.place() == Some((path.clone(), 2)) && problem.message().contains(kind)
        });
        let help = told.and_then(Problem::help_text).unwrap_or_default();
        if !help.contains(form) {
            wrong.push(format!("{expression}: {found:?}"));
        }
        // What a list or a struct holds is cast where it is made.
        if kind.starts_with("is ") {
            mended.write(&path, sql(&form.replace('…', expression)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(problems(&mended).is_empty());
    let run = mended.run();
    for model in &run.models {
        assert_eq!(model.gate, Gate::Open, "{model:?}");
    }
}

#[test]
fn a_contract_that_promises_another_type_is_told_once_with_the_cast() {
    let town = town();
    town.write("models/base/m.sql", sql("interval '1 day'"));
    let contract = |kind: &str| {
        format!(
            "version = '1.0.0'\nsummary = 's'\nowner = 'o@example.com'\n[columns]\nid = {{ type = 'text' }}\n\
             found = {{ type = '{kind}' }}\n"
        )
    };
    town.write("contracts/base/m.toml", contract("text"));
    let found = problems(&town);
    let [problem] = found.as_slice() else {
        panic!("{found:?}");
    };
    assert_eq!(
        problem.message(),
        "`found` of `m` is interval, and its contract promises text"
    );
    assert_eq!(
        problem.help_text(),
        Some("no contract can promise interval: write `cast(… as varchar) as \"found\"`")
    );
    town.write(
        "models/base/m.sql",
        sql("arrow_cast('1.25', 'Decimal256(50, 2)')"),
    );
    town.write("contracts/base/m.toml", contract("decimal"));
    let found = problems(&town);
    let [problem] = found.as_slice() else {
        panic!("{found:?}");
    };
    assert_eq!(
        problem.message(),
        "`found` of `m` is decimal(50, 2), which no table can hold"
    );
}
