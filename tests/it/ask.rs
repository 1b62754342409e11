//! One expectation asked of tables in memory, by the way a run takes: load, check, measure, judge.

use arrow::array::RecordBatch;
use datafusion::prelude::SessionContext;
use lockgate::check;
use lockgate::engine::{Engine, Passed, Question, measure, text_rows};
use lockgate::error::{Problem, Text};
use lockgate::expect::{self, Past, ident, judge};
use lockgate::outcome::{Metric, Number, Page, Verdict};

/// What came of it.
#[derive(Debug)]
pub enum Asked {
    /// The project is wrong.
    Wrong(Vec<Problem>),
    /// The engine failed on the data.
    Failed(String),
    Judged(Judged),
}

#[derive(Debug)]
pub struct Judged {
    pub verdict: Verdict,
    pub rows: Option<u64>,
    pub value: Option<Number>,
    pub note: Option<String>,
    /// Every violating row.
    pub violations: Page,
}

impl Asked {
    pub fn verdict(&self) -> Option<Verdict> {
        match self {
            Self::Judged(judged) => Some(judged.verdict),
            _ => None,
        }
    }
}

/// The rows of a query, with one empty batch at least, so that the columns are known.
pub async fn rows(sql: &str) -> Vec<RecordBatch> {
    let frame = SessionContext::new().sql(sql).await.expect(sql);
    let schema = frame.schema().as_arrow().clone();
    let mut batches = frame.collect().await.expect(sql);
    if batches.is_empty() {
        batches.push(RecordBatch::new_empty(schema.into()));
    }
    batches
}

/// Asks the expectation (TOML, without its head) of the first table, called `this`.
pub async fn ask(toml: &str, tables: &[(&str, Vec<RecordBatch>)], past: Past<'_>) -> Asked {
    let text = Text::new(
        "expectations/test/this.toml",
        format!("[[expect]]\n{toml}\n"),
    );
    let (mut list, problems) = expect::load(&text);
    if !problems.is_empty() {
        return Asked::Wrong(problems);
    }
    let expectation = list.remove(0);
    let engine = Engine::new(None).expect("an engine");
    for (name, batches) in tables {
        engine.put_rows(name, batches.clone()).expect("a table");
    }
    let (table, batches) = &tables[0];
    let schema = batches[0].schema();
    let problems = check::ask(&engine, table, None, &schema, &expectation).await;
    if !problems.is_empty() {
        return Asked::Wrong(problems);
    }
    let question = Question::new(&expectation, &ident(table), None, 19_783);
    let questions = [question];
    let measured = measure(&engine, &ident(table), &questions, Passed::default()).await;
    let metric = match measured.expect("a row count").metrics.remove(0) {
        Ok(metric) => metric,
        Err(why) => return Asked::Failed(why.why),
    };
    let judged = judge(&expectation, &questions[0].measure, &metric, past);
    let violations = match questions[0].violations() {
        Some(sql) => text_rows(&engine, &sql, usize::MAX).await.expect(&sql),
        None => Page::default(),
    };
    let (rows, value) = match metric {
        Metric::Violations { rows, .. } => (Some(rows), None),
        Metric::Value(value) => (None, value),
    };
    Asked::Judged(Judged {
        verdict: judged.verdict,
        rows,
        value,
        note: judged.note,
        violations,
    })
}

/// No earlier run; today is 2024-03-01.
pub fn first_run() -> Past<'static> {
    Past {
        as_of: "2024-03-01".parse().expect("a date"),
        values: &[],
    }
}
