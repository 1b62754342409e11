//! What the guards of `docs/engine.md` cost: the same work with them and on DataFusion as it comes.
//!
//! `cargo bench --bench guards -- --rows 200000 --months 2 --times 5`
//!
//! Each line is the least of so many times with the guards, the least without, and their ratio; the
//! two take turns. `run` is a whole run of the leads project into an empty warehouse, `again` the
//! next one, which finds nothing new; the queries read what the first published.

use std::path::Path;
use std::time::Instant;

use chrono::Utc;
use lockgate::engine::{Engine, Warehouse, text_rows, without_guards};
use lockgate::project::{self, Project};
use lockgate::run::{Clock, Options, run};
use lockgate::sample::{Plan, write};
use tempfile::TempDir;
use tokio::runtime::Runtime;

const QUERIES: &[(&str, &str)] = &[
    (
        "rows of one file",
        "select count(*), max(zip) from raw.source3 where file_date = date '2024-01-01'",
    ),
    (
        "a filter on text",
        "select count(*), max(company_name) from dim_prospective_leads where state = 'NV'",
    ),
    (
        "a filter on a number",
        "select count(phone) from base_leads_source_3 where capacity between 10 and 12",
    ),
    ("a count", "select count(*) from base_leads_source_3"),
    (
        "least and greatest",
        "select min(capacity), max(capacity), min(file_date) from base_leads_source_3",
    ),
    (
        "the first ten by order",
        "select primary_key, capacity from base_leads_source_3 order by capacity desc nulls last limit 10",
    ),
    (
        "a selective join",
        "select count(*) from base_leads_source_3 b join (select phone_address_key k from \
         base_leads_source_1 where license_status = 'Active' and file_row < 50) s on b.phone_address_key = s.k",
    ),
    (
        "a wide join",
        "select count(*) from base_leads_source_3 b join dim_prospective_leads d using (phone_address_key)",
    ),
    (
        "sums and arithmetic of integers",
        "select sum(capacity), sum(capacity * 2 + file_row), avg(capacity - 1) from base_leads_source_3",
    ),
    (
        "sums in groups",
        "select county, sum(capacity), sum(file_row) from base_leads_source_3 group by county",
    ),
    (
        "floats in groups",
        "select county, min(cast(capacity as double)), max(cast(capacity as double)) from base_leads_source_3 group by county",
    ),
    (
        "floats in many groups",
        "select phone_address_key, max(cast(capacity as double)) m from base_leads_source_3 group by phone_address_key order by m limit 1",
    ),
];

struct Bench {
    runtime: Runtime,
    data: TempDir,
}

impl Bench {
    fn project(&self) -> Project {
        project::load(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap()
    }

    /// Seconds of a whole run.
    fn run(&self, tables: &Path, id: &str) -> f64 {
        let project = self.project();
        let options = Options {
            data: self.data.path().to_owned(),
            warehouse: Warehouse::open(&tables.display().to_string(), Path::new("")).unwrap(),
            file_date: None,
            select: Vec::new(),
            severities: Vec::new(),
            modified: None,
            supersede: Vec::new(),
            withdraw: Vec::new(),
            cut_off: Vec::new(),
            memory: None,
        };
        let clock = Clock {
            run_id: id.to_owned(),
            now: &Utc::now,
        };
        let start = Instant::now();
        let ran = self
            .runtime
            .block_on(run(&project, &options, &clock, &|_| {}));
        ran.unwrap();
        start.elapsed().as_secs_f64()
    }

    /// Seconds of a query over the published tables, planned and run.
    fn query(&self, tables: &Path, sql: &str) -> f64 {
        let project = self.project();
        let warehouse = Warehouse::open(&tables.display().to_string(), Path::new("")).unwrap();
        self.runtime.block_on(async {
            let engine = Engine::of(&project, None).unwrap();
            engine.put_published(&warehouse, &project).await.unwrap();
            let start = Instant::now();
            text_rows(&engine, sql, usize::MAX).await.unwrap();
            start.elapsed().as_secs_f64()
        })
    }
}

/// The least of so many times with the guards and without, in turns.
fn measured(times: usize, mut work: impl FnMut(bool) -> f64) -> [f64; 2] {
    let mut least = [f64::MAX; 2];
    for _ in 0..times {
        for (place, bare) in [false, true].into_iter().enumerate() {
            without_guards(bare);
            least[place] = least[place].min(work(bare));
        }
    }
    without_guards(false);
    least
}

fn tell(what: &str, [guarded, bare]: [f64; 2]) {
    let ratio = guarded / bare;
    println!("{what:34} {guarded:9.4} s {bare:9.4} s {ratio:6.2}");
}

/// The number after a flag; without `--bench`, as in `cargo test`, the least, only to see that it runs.
fn given(flag: &str, usual: u64, least: u64) -> u64 {
    let args: Vec<String> = std::env::args().collect();
    if !args.iter().any(|arg| arg == "--bench") {
        return least;
    }
    let value = args.iter().skip_while(|arg| *arg != flag).nth(1);
    value.map_or(usual, |value| value.parse().unwrap())
}

fn main() {
    let times = given("--times", 5, 1) as usize;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(32 << 20)
        .build()
        .unwrap();
    let data = tempfile::tempdir().unwrap();
    let plan = Plan {
        rows: given("--rows", 100_000, 300),
        months: given("--months", 2, 1) as u32,
        seed: 1,
        faults: Vec::new(),
    };
    write(&plan, data.path()).unwrap();
    let bench = Bench { runtime, data };
    println!("{:34} {:>11} {:>11} {:>6}", "", "guarded", "bare", "ratio");
    let mut last = tempfile::tempdir().unwrap();
    let mut again = [f64::MAX; 2];
    let whole = measured(times, |bare| {
        last = tempfile::tempdir().unwrap();
        let seconds = bench.run(last.path(), "first");
        let place = usize::from(bare);
        again[place] = again[place].min(bench.run(last.path(), "second"));
        seconds
    });
    tell("run", whole);
    tell("again", again);
    for (what, sql) in QUERIES {
        tell(what, measured(times, |_| bench.query(last.path(), sql)));
    }
}
