//! What a gate costs: building with all expectations against building with
//! none, and taking a file in against only scanning it.
//!
//! `cargo bench --bench gate`

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use chrono::Utc;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use lockgate::engine::{
    Built, Engine, IngestPlan, Intake, Ledger, Question, Taken, Warehouse, plan_model, stage_file,
    stage_model, table_path,
};
use lockgate::expect::ident;
use lockgate::outcome::{FORMAT, FileRecord};
use lockgate::project::{self, Project};
use lockgate::run::{Clock, Options, run};
use lockgate::sample::{Plan, write};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Rows of the month: few where `cargo test` runs everything once, only to see that it runs.
fn rows() -> u64 {
    let measured = std::env::args().any(|arg| arg == "--bench");
    if measured { 200_000 } else { 500 }
}

/// The leads project with one large month taken in.
struct Bench {
    runtime: Runtime,
    project: Project,
    warehouse: Warehouse,
    data: TempDir,
    _tables: TempDir,
}

impl Bench {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .thread_stack_size(32 << 20)
            .build()
            .unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let project = project::load(root).unwrap();
        let data = tempfile::tempdir().unwrap();
        let plan = Plan {
            rows: rows(),
            months: 1,
            seed: 1,
            faults: Vec::new(),
        };
        write(&plan, data.path()).unwrap();
        let tables = tempfile::tempdir().unwrap();
        let warehouse =
            Warehouse::open(&tables.path().display().to_string(), Path::new("")).unwrap();
        let options = Options {
            data: data.path().to_owned(),
            warehouse: warehouse.clone(),
            file_date: None,
            select: vec!["layer:base".to_owned()],
            severities: Vec::new(),
            modified: None,
            supersede: Vec::new(),
            withdraw: Vec::new(),
            cut_off: Vec::new(),
            memory: None,
        };
        let clock = Clock {
            run_id: "bench".to_owned(),
            now: &Utc::now,
        };
        runtime
            .block_on(run(&project, &options, &clock, &|_| {}))
            .unwrap();
        Self {
            runtime,
            project,
            warehouse,
            data,
            _tables: tables,
        }
    }

    /// Builds a model into staged files, with its expectations or without, and throws them away.
    fn build(&self, name: &str, expectations: bool) -> u64 {
        self.runtime.block_on(async {
            let engine = Engine::of(&self.project, None).unwrap();
            engine
                .put_published(&self.warehouse, &self.project)
                .await
                .unwrap();
            let model = self.project.model(name).unwrap();
            let plan = plan_model(&engine, model).await.unwrap();
            let table = ident(name);
            let questions: Vec<Question<'_>> = model
                .expectations
                .iter()
                .filter(|_| expectations)
                .map(|expectation| Question::new(expectation, &table, None, 20_000))
                .filter(|question| !question.expectation.quarantine)
                .collect();
            let built = stage_model(&engine, &self.warehouse, model, &plan, &questions).await;
            let Built::Staged { rows, passed, .. } = built.unwrap() else {
                panic!("{name} was not built");
            };
            black_box(passed);
            let count = rows.rows;
            self.warehouse
                .discard(&table_path(model), rows)
                .await
                .unwrap();
            count
        })
    }

    fn ingest(&self, source: &str) {
        let name = format!("{source}_2024-01-01.csv");
        let tables = tempfile::tempdir().unwrap();
        let warehouse =
            Warehouse::open(&tables.path().display().to_string(), Path::new("")).unwrap();
        let plan = IngestPlan {
            source: self.project.source(source).unwrap(),
            path: self.data.path().join(&name),
            name,
            date: "2024-01-01".parse().unwrap(),
            supersede: false,
            run_id: "bench",
            loaded_at: 0,
        };
        self.runtime.block_on(async {
            let engine = Engine::of(&self.project, None).unwrap();
            let read = stage_file(&engine, &warehouse, &plan, &[]).await.unwrap();
            let Intake::Staged { sha256, rows, .. } = read else {
                panic!("{} was refused", plan.name);
            };
            let judged = FileRecord {
                format: FORMAT,
                run_id: plan.run_id.to_owned(),
                warnings: Vec::new(),
                masked_warnings: None,
                points: Vec::new(),
            };
            let mut taken = [Taken {
                name: plan.name.clone(),
                date: plan.date,
                sha256,
                supersede: plan.supersede,
                rows,
                judged,
            }];
            let mut ledger = Ledger::open(&warehouse, plan.source).await.unwrap();
            let done = ledger.take_in(&warehouse, &mut taken, plan.run_id).await;
            assert!(done.unwrap());
        });
    }

    /// DataFusion's own scan of the same file: parsed and dropped, nothing checked or written.
    fn scan(&self, source: &str) -> usize {
        use arrow::datatypes::{DataType, Field, Schema};
        use datafusion::prelude::{CsvReadOptions, SessionContext};
        let columns = self.project.source(source).unwrap().contract.raw_names();
        let fields: Vec<Field> = columns
            .iter()
            .map(|name| Field::new(name, DataType::Utf8, true))
            .collect();
        let schema = Schema::new(fields);
        let path = self.data.path().join(format!("{source}_2024-01-01.csv"));
        self.runtime.block_on(async {
            use futures::TryStreamExt;
            let ctx = SessionContext::new();
            let options = CsvReadOptions::new()
                .schema(&schema)
                .newlines_in_values(true);
            let frame = ctx
                .read_csv(path.display().to_string(), options)
                .await
                .unwrap();
            let stream = frame.execute_stream().await.unwrap();
            let rows = stream.try_fold(0, |rows, batch| async move { Ok(rows + batch.num_rows()) });
            rows.await.unwrap()
        })
    }
}

fn gate(c: &mut Criterion) {
    let bench = Bench::new();
    let mut group = c.benchmark_group("gate_cost");
    group
        .sample_size(10)
        .measurement_time(Duration::from_secs(20));
    for model in ["base_leads_source_1", "base_salesforce_leads"] {
        group.throughput(Throughput::Elements(rows()));
        group.bench_function(format!("{model}/none"), |b| {
            b.iter(|| bench.build(model, false))
        });
        group.bench_function(format!("{model}/all"), |b| {
            b.iter(|| bench.build(model, true))
        });
    }
    group.finish();
    let mut group = c.benchmark_group("ingest");
    group
        .sample_size(10)
        .measurement_time(Duration::from_secs(15));
    for source in ["source1", "source2"] {
        let path = bench.data.path().join(format!("{source}_2024-01-01.csv"));
        group.throughput(Throughput::Bytes(path.metadata().unwrap().len()));
        group.bench_function(format!("{source}/datafusion_scan"), |b| {
            b.iter(|| bench.scan(source))
        });
        group.bench_function(format!("{source}/take_in"), |b| {
            b.iter(|| bench.ingest(source))
        });
    }
    group.finish();
}

criterion_group!(benches, gate);
criterion_main!(benches);
