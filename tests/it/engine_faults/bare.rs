//! Every guard has a case that the bare engine answers wrongly. Where an upgrade mends it, the
//! test fails: the guard can go, and with it its line in `docs/engine.md`.

use std::sync::Arc;

use datafusion::datasource::MemTable;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};

use super::Tables;
use super::cases::{CASES, Case, Right};
use crate::support::wait;

/// What the shapes that are refused should answer.
const SHOULD: &[(&str, &[&str])] = &[
    ("not in, correlated by equality", &["2", "null"]),
    ("not in, correlated by order", &["1", "2", "null"]),
    ("a constant not in", &[]),
    ("null not in", &[]),
    ("not in beside or", &["2"]),
    ("in is null", &["2", "null"]),
    ("exists over a count", &["1", "2", "null"]),
    ("exists with an offset", &[]),
    ("except all", &["1"]),
    ("intersect all", &["1"]),
    ("the key of a full join using", &["1,1", "2,1"]),
    (
        "lead over nulls",
        &[
            "1,30", "2,40", "3,70", "4,80", "5,80", "6,80", "7,null", "8,null",
        ],
    ),
    ("is distinct from beside and", &["false"]),
];

/// Some faults come and go.
const TRIES: usize = 12;

pub async fn answer(context: &SessionContext, sql: &str) -> Result<Vec<String>, String> {
    use arrow::util::display::{ArrayFormatter, FormatOptions};
    let batches = async { context.sql(sql).await?.collect().await }
        .await
        .map_err(|error| error.to_string())?;
    let options = FormatOptions::default()
        .with_null("null")
        .with_display_error(true);
    let mut lines = Vec::new();
    for batch in batches {
        let columns = batch.columns().iter();
        let columns = columns.map(|column| ArrayFormatter::try_new(column, &options));
        let columns: Vec<_> = columns.map(|column| column.expect("a column")).collect();
        for row in 0..batch.num_rows() {
            let cells = columns.iter().map(|column| column.value(row).to_string());
            lines.push(cells.collect::<Vec<_>>().join(","));
        }
    }
    lines.sort();
    Ok(lines)
}

/// DataFusion as it comes, with two partitions: the tables in memory, as files, and through Delta.
async fn sessions(tables: &Tables) -> Vec<SessionContext> {
    let new = || SessionContext::new_with_config(SessionConfig::new().with_target_partitions(2));
    let (memory, files, delta) = (new(), new(), new());
    for (name, batches) in tables.in_memory() {
        let table = MemTable::try_new(batches[0].schema(), vec![batches.clone()]);
        let table = Arc::new(table.expect("a table"));
        memory.register_table(*name, table).expect("a table");
    }
    for (name, table) in tables.published().await {
        let options = ParquetReadOptions::default();
        let path = tables.warehouse().url(name).expect("a folder");
        let registered = files.register_parquet(name, path.as_str(), options).await;
        registered.expect("a table");
        let provider = table.delta().table_provider().await.expect("a table");
        table
            .delta()
            .update_datafusion_session(&delta.state())
            .expect("a store");
        delta.register_table(name, provider).expect("a table");
    }
    vec![memory, files, delta]
}

fn right(case: &Case) -> Option<Vec<String>> {
    let rows = match &case.right {
        Right::Rows(rows) => rows,
        Right::Fails(_) => return None,
        Right::Refused(..) => {
            let should = SHOULD.iter().find(|(id, _)| *id == case.id);
            should
                .unwrap_or_else(|| panic!("{} has no answer", case.id))
                .1
        }
    };
    Some(rows.iter().map(|row| (*row).to_owned()).collect())
}

#[test]
fn the_bare_engine_answers_every_case_wrongly() {
    let mended = wait(async {
        let mut mended = Vec::new();
        for case in CASES {
            let right = right(case);
            let sessions = sessions(&Tables::of(case).await).await;
            let mut is_wrong = false;
            let mut last = Vec::new();
            for _ in 0..TRIES {
                last.clear();
                for session in &sessions {
                    let answer = answer(session, case.sql).await;
                    // Where there should be no answer, any is wrong.
                    is_wrong |= match &right {
                        Some(right) => answer.as_ref() != Ok(right),
                        None => answer.is_ok(),
                    };
                    last.push(answer);
                }
                if is_wrong {
                    break;
                }
            }
            if !is_wrong {
                mended.push(format!("{}: {last:?}", case.id));
            }
        }
        mended
    });
    assert!(
        mended.is_empty(),
        "the engine answers right by itself: {mended:#?}"
    );
}
