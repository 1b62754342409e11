//! Keys proved from plans: never repeated, on random queries over random small
//! tables, and found on examples. Lineage on examples.

mod combine;
mod examples;
mod lineage;
mod query;

use std::cell::Cell;
use std::collections::HashSet;
use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{
    ArrayRef, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray,
};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::common::TableReference;
use datafusion::datasource::MemTable;
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::{SessionConfig, SessionContext};
use lockgate::engine::keys::{Key, Proof, keys, prove};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use tokio::runtime::Runtime;

use query::random_query;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));

/// Tables, their columns and types; `x` holds floats, among them both zeros.
const TABLES: [(&str, [(&str, Type); 3]); 3] = [
    ("t", [("a", Type::Int), ("b", Type::Int), ("c", Type::Int)]),
    (
        "u",
        [("a", Type::Long), ("d", Type::Int), ("s", Type::Text)],
    ),
    (
        "v",
        [("a", Type::Int), ("s", Type::Text), ("x", Type::Float)],
    ),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    Int,
    Long,
    Text,
    Float,
    /// Not used again: only its presence matters.
    Other,
}

/// The rows of each table; a cell is null, or one of three values of its type.
type Data = [Vec<[u8; 3]>; 3];

fn column(kind: Type, cells: impl Iterator<Item = u8>) -> ArrayRef {
    let cells = cells.map(|cell| (cell > 0).then(|| usize::from(cell) - 1));
    match kind {
        Type::Int => Arc::new(
            cells
                .map(|cell| cell.map(|at| [0, 1, 2][at]))
                .collect::<Int32Array>(),
        ),
        Type::Long => Arc::new(
            cells
                .map(|cell| cell.map(|at| [0, 1, 2][at]))
                .collect::<Int64Array>(),
        ),
        Type::Text => Arc::new(
            cells
                .map(|cell| cell.map(|at| ["0", "1", "01"][at]))
                .collect::<StringArray>(),
        ),
        Type::Float | Type::Other => Arc::new(
            cells
                .map(|cell| cell.map(|at| [0.0, -0.0, 1.0][at]))
                .collect::<Float64Array>(),
        ),
    }
}

fn data_type(kind: Type) -> DataType {
    match kind {
        Type::Int => DataType::Int32,
        Type::Long => DataType::Int64,
        Type::Text => DataType::Utf8,
        Type::Float | Type::Other => DataType::Float64,
    }
}

fn session(data: &Data) -> SessionContext {
    let context = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(2));
    for ((name, columns), rows) in TABLES.iter().zip(data) {
        let fields: Vec<Field> = columns
            .iter()
            .map(|(name, kind)| Field::new(*name, data_type(*kind), true))
            .collect();
        let schema = Arc::new(Schema::new(fields));
        let arrays = columns
            .iter()
            .enumerate()
            .map(|(at, (_, kind))| column(*kind, rows.iter().map(|row| row[at])));
        let batch = RecordBatch::try_new(schema.clone(), arrays.collect()).expect("a batch");
        let table = MemTable::try_new(schema, vec![vec![batch]]).expect("a table");
        context
            .register_table(*name, Arc::new(table))
            .expect("a new table");
    }
    context
}

/// Every set of columns that is unique in the data, nulls counted as values; of
/// the float column nothing is said.
fn true_keys(data: &Data, table: &TableReference) -> Vec<Vec<String>> {
    let Some(at) = TABLES.iter().position(|(name, _)| *name == table.table()) else {
        return Vec::new();
    };
    let columns = TABLES[at].1;
    let sets = (0..8_usize).map(|mask| {
        (0..3)
            .filter(|at| mask & (1 << at) != 0)
            .collect::<Vec<usize>>()
    });
    sets.filter(|set| set.iter().all(|at| columns[*at].1 != Type::Float))
        .filter(|set| {
            let mut seen = HashSet::new();
            data[at]
                .iter()
                .all(|row| seen.insert(set.iter().map(|at| row[*at]).collect::<Vec<u8>>()))
        })
        .map(|set| set.iter().map(|at| columns[*at].0.to_owned()).collect())
        .collect()
}

fn plan_of(context: &SessionContext, sql: &str) -> LogicalPlan {
    let plan = RUNTIME.block_on(context.state().create_logical_plan(sql));
    plan.unwrap_or_else(|error| panic!("{sql}: {error}"))
}

/// The values of each row, as text; text of null is no text of a value.
fn rows(batches: &[RecordBatch]) -> Vec<Vec<String>> {
    let options = FormatOptions::new().with_null("null!");
    let mut rows = Vec::new();
    for batch in batches {
        let columns: Vec<ArrayFormatter> = batch
            .columns()
            .iter()
            .map(|array| ArrayFormatter::try_new(array, &options).expect("a format"))
            .collect();
        rows.extend((0..batch.num_rows()).map(|at| {
            columns
                .iter()
                .map(|column| column.value(at).to_string())
                .collect()
        }));
    }
    rows
}

fn repeated<'a>(rows: &'a [Vec<String>], key: &Key) -> Option<&'a Vec<String>> {
    let mut seen = HashSet::new();
    rows.iter().find(|row| {
        !seen.insert(
            key.iter()
                .map(|at| row[*at].as_str())
                .collect::<Vec<&str>>(),
        )
    })
}

/// What a run of one random query came to.
struct Checked {
    proved: bool,
    rows: usize,
}

/// Executes `sql` and looks for two rows that share a key claimed of any form of
/// its plan. `None` if DataFusion cannot plan or execute the query.
async fn check(sql: &str, data: &Data, know: bool) -> Result<Option<Checked>, String> {
    let context = session(data);
    let known = |table: &TableReference| {
        if know {
            true_keys(data, table)
        } else {
            Vec::new()
        }
    };
    let Ok(plan) = context.state().create_logical_plan(sql).await else {
        return Ok(None);
    };
    let Ok(optimized) = context.state().optimize(&plan) else {
        return Ok(None);
    };
    let Ok(frame) = context.execute_logical_plan(plan.clone()).await else {
        return Ok(None);
    };
    let Ok(batches) = frame.collect().await else {
        return Ok(None);
    };
    let rows = rows(&batches);
    let mut proved = false;
    for plan in [&plan, &optimized] {
        let claimed = keys(plan, &known);
        proved |= !claimed.is_empty();
        for key in claimed.iter().cloned().chain(proved_sets(plan, &known)) {
            if let Some(row) = repeated(&rows, &key) {
                return Err(format!(
                    "{key:?} repeats in {row:?}\n{sql}\n{}",
                    plan.display_indent()
                ));
            }
        }
        if let Some(spare) = claimed.iter().find(|key| {
            claimed
                .iter()
                .any(|other| other != *key && other.is_subset(key))
        }) {
            return Err(format!("{spare:?} is not minimal\n{sql}"));
        }
    }
    Ok(Some(Checked {
        proved,
        rows: rows.len(),
    }))
}

/// The pairs of columns, and the single ones, that `prove` calls a key.
fn proved_sets(
    plan: &LogicalPlan,
    known: &dyn Fn(&TableReference) -> Vec<Vec<String>>,
) -> Vec<Key> {
    let names: Vec<String> = plan
        .schema()
        .fields()
        .iter()
        .map(|field| field.name().clone())
        .collect();
    let places = 0..names.len().min(5);
    let pairs = places
        .clone()
        .flat_map(|a| places.clone().map(move |b| Key::from([a, b])));
    pairs
        .filter(|key| {
            let columns: Vec<String> = key.iter().map(|at| names[*at].clone()).collect();
            matches!(prove(plan, &columns, known), Proof::Proved { .. })
        })
        .collect()
}

fn table() -> impl Strategy<Value = Vec<[u8; 3]>> {
    let rows = prop_oneof![1 => 0..=2_usize, 4 => 4..=8_usize];
    rows.prop_flat_map(|rows| vec([0..4_u8, 0..4_u8, 0..4_u8], rows))
}

#[test]
fn no_row_repeats_a_proved_key_whatever_the_query_and_the_data() {
    let cases = std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(256);
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    let (ran, proved, telling) = (Cell::new(0), Cell::new(0), Cell::new(0));
    // The same queries every time; PROPTEST_CASES asks for more of them.
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let strategy = (
        [table(), table(), table()],
        vec(any::<u8>(), 0..120),
        any::<bool>(),
    );
    let outcome = TestRunner::new_with_rng(config, rng).run(&strategy, |(data, tape, know)| {
        let sql = random_query(&tape);
        match RUNTIME.block_on(check(&sql, &data, know)) {
            Err(broken) => return Err(TestCaseError::fail(broken)),
            Ok(None) => {}
            Ok(Some(done)) => {
                ran.set(ran.get() + 1);
                proved.set(proved.get() + u32::from(done.proved));
                telling.set(telling.get() + u32::from(done.proved && done.rows > 1));
            }
        }
        Ok(())
    });
    println!(
        "{cases} cases: {} ran, {} proved a key, {} of several rows",
        ran.get(),
        proved.get(),
        telling.get()
    );
    if let Err(broken) = outcome {
        panic!("{broken}");
    }
    // Without these the property could hold because nothing is ever claimed.
    assert!(
        ran.get() * 10 > cases * 8,
        "only {} of {cases} queries ran",
        ran.get()
    );
    assert!(
        telling.get() * 8 > cases,
        "only {} of {cases} queries could break a key",
        telling.get()
    );
}
