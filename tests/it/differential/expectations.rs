//! The SQL of lockgate's own kinds: every example of every kind, lowered over generated tables.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type};
use lockgate::engine::{Engine, Gauge, Passed, Question, measure};
use lockgate::error::Text;
use lockgate::expect::{self, Example, Expectation, KINDS, ident};
use lockgate::outcome::{Metric, Number};

use super::answer::{self, Answer, Rows, number};
use super::run::{Case, World};
use super::shapes::Ask;
use super::tables::{Column, Table, TableSet, Ty, Value, dice, one_in, pick};

/// Every example with its kind's name.
pub fn examples() -> Vec<(&'static str, &'static Example)> {
    let all = KINDS.iter();
    all.flat_map(|kind| kind.examples.iter().map(|example| (kind.name, example)))
        .collect()
}

/// Tables of the columns that an example has, their cells drawn from those of its own tables;
/// the one it is about comes first.
pub async fn tables(example: &Example, seed: u64) -> TableSet {
    let own = match example.toml.contains("FROM orders") {
        true => "orders",
        false => "this",
    };
    let mut dice = dice(seed);
    let mut tables = vec![drawn(own, &[example.passes, example.fails], &mut dice).await];
    for (name, sql) in example.others {
        tables.push(drawn(name, &[sql], &mut dice).await);
    }
    // Rows that stand at the same place of an order have none among themselves.
    for name in ["day", "file_row"] {
        if example.toml.contains("creasing'") {
            order(&mut tables[0], name, &mut dice);
        }
    }
    TableSet { tables }
}

/// Numbers the rows in a column, in any order.
fn order(table: &mut Table, name: &str, dice: &mut crate::support::Dice) {
    let Some(at) = table.columns.iter().position(|column| column.name == name) else {
        return;
    };
    let mut left: Vec<i64> = (1..=table.rows.len() as i64).collect();
    for row in &mut table.rows {
        let next = dice.roll(left.len() as u64) as usize;
        row[at] = Value::Int(left.swap_remove(next));
    }
}

async fn drawn(name: &str, sql: &[&str], dice: &mut crate::support::Dice) -> Table {
    let mut pools: Vec<(Column, Vec<Value>)> = Vec::new();
    for sql in sql {
        for batch in crate::ask::rows(sql).await {
            add(&mut pools, &batch);
        }
    }
    let count = dice.roll(11) as usize;
    let cell = |pool: &[Value], dice: &mut _| match one_in(dice, 7) {
        true => Value::Null,
        false => pick(dice, pool).clone(),
    };
    let rows = (0..count).map(|_| {
        let cells = pools.iter().map(|(_, pool)| cell(pool, dice));
        cells.collect()
    });
    let rows = rows.collect();
    let first = count.min(dice.roll(8) as usize);
    let files = [first, count - first].into_iter().filter(|size| *size > 0);
    Table {
        name: name.to_owned(),
        columns: pools.into_iter().map(|(column, _)| column).collect(),
        rows,
        files: files.collect(),
        group: 1 + dice.roll(4) as usize,
    }
}

/// Adds the cells of a batch to those that columns of these names had before.
fn add(pools: &mut Vec<(Column, Vec<Value>)>, batch: &RecordBatch) {
    for (field, array) in batch.schema().fields().iter().zip(batch.columns()) {
        let (ty, cells) = values(array.as_ref());
        match pools
            .iter_mut()
            .find(|(column, _)| column.name == *field.name())
        {
            Some((column, pool)) => {
                if pool.iter().all(|value| *value == Value::Null) {
                    column.ty = ty;
                }
                pool.extend(cells);
            }
            None => {
                let name = field.name().clone();
                pools.push((Column { name, ty }, cells));
            }
        }
    }
}

fn values(array: &dyn Array) -> (Ty, Vec<Value>) {
    macro_rules! of {
        ($ty:ident, $cells:expr) => {
            (
                Ty::$ty,
                $cells
                    .iter()
                    .map(|cell| cell.map_or(Value::Null, |cell| Value::$ty(cell.into())))
                    .collect(),
            )
        };
    }
    match array.data_type() {
        DataType::Boolean => of!(Bool, array.as_boolean()),
        DataType::Date32 => of!(Date, array.as_primitive::<Date32Type>()),
        DataType::Float64 => of!(Float, array.as_primitive::<Float64Type>()),
        kind if kind.is_integer() => {
            let array = cast(array, &DataType::Int64).unwrap();
            of!(Int, array.as_primitive::<Int64Type>())
        }
        _ => {
            let array = cast(array, &DataType::Utf8).unwrap();
            of!(Text, array.as_string::<i32>())
        }
    }
}

fn expectation(toml: &str) -> Expectation {
    let text = Text::new(
        "expectations/test/this.toml",
        format!("[[expect]]\n{toml}\n"),
    );
    let (mut list, problems) = expect::load(&text);
    assert!(problems.is_empty(), "{toml}: {problems:?}");
    list.remove(0)
}

/// What the engine says: the metric as the first row, then the rows that violate.
pub async fn measured(engine: &Engine, table: &str, toml: &str, passed: Passed) -> Answer {
    let expectation = expectation(toml);
    let questions = [Question::new(&expectation, &ident(table), None, 19_783)];
    let metric = match measure(engine, &ident(table), &questions, passed).await {
        Ok(mut measured) => measured.metrics.remove(0),
        Err(error) => return Answer::Failed(error.to_string()),
    };
    let metric = match metric {
        Ok(metric) => metric,
        Err(why) => return Answer::Failed(why.why),
    };
    let mut rows = vec![cells(&metric)];
    if let Some(sql) = questions[0].violations() {
        match lockgate::engine::rows_of(engine, &sql).await {
            Ok(batches) => rows.extend(answer::rows_of(&batches)),
            Err(error) => return Answer::Failed(error.root()),
        }
    }
    Answer::Rows(rows)
}

/// As [`measured`], while the rows pass by on their way into a table, as a run does.
pub async fn measured_in_passing(set: &TableSet, toml: &str) -> Answer {
    let engine = Engine::new(None).unwrap();
    for table in &set.tables {
        engine.put_rows(&table.name, table.small_batches()).unwrap();
    }
    let table = &set.tables[0];
    let expectation = expectation(toml);
    let name = ident(&table.name);
    let questions = [Question::new(&expectation, &name, None, 19_783)];
    let gauge = Gauge::start(&engine, &table.name, &name, table.schema(), &questions).await;
    let mut gauge = gauge.unwrap();
    for batch in table.small_batches() {
        gauge.push(&batch).await;
    }
    let passed = gauge.finish().await;
    engine.put_rows(&table.name, table.small_batches()).unwrap();
    measured(&engine, &table.name, toml, passed).await
}

fn cells(metric: &Metric) -> Vec<Option<String>> {
    let value = |value: &Number| match value {
        Number::Int(value) => value.to_string(),
        Number::Float(value) => number(*value),
    };
    match metric {
        Metric::Value(found) => vec![found.as_ref().map(value)],
        Metric::Violations { rows, of } => {
            vec![Some(rows.to_string()), of.map(|of| of.to_string())]
        }
    }
}

/// What SQLite makes of the same SQL, where its dialect has all the words.
pub fn oracle(world: &World, toml: &str) -> Option<Rows> {
    let expectation = expectation(toml);
    let name = ident(&world.set.tables[0].name);
    let question = Question::new(&expectation, &name, None, 19_783);
    let mut rows = world.sqlite.rows(&question.alone()).ok()?;
    if rows.len() != 1 {
        return None;
    }
    if let Some(sql) = question.violations() {
        rows[0].resize(2, None);
        rows.extend(world.sqlite.rows(&sql).ok()?);
    }
    Some(rows)
}

/// An example asked over the tables of a round.
pub async fn case(at: u64, round: u64) -> (TableSet, Case) {
    let examples = examples();
    let (shape, example) = examples[at as usize];
    let number = round * examples.len() as u64 + at;
    let ask = Ask::Expectation(example.toml.to_owned());
    let case = Case {
        number,
        shape,
        ask,
        bare: false,
    };
    (tables(example, number).await, case)
}
