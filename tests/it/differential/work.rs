//! Many cases on many threads.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::expectations;
use super::run::{Case, PER_SET, Sessions, Verdict, World};
use super::shrink::shrink;
use super::tables::TableSet;

/// The cases from one number up to another.
#[derive(Clone, Debug)]
pub struct Span {
    pub from: u64,
    pub to: u64,
    pub sessions: Sessions,
    /// How many differences are made small and shown; the others are counted only.
    pub shown: usize,
    pub only: Option<String>,
}

impl Span {
    pub fn new(from: u64, to: u64) -> Self {
        Self {
            from,
            to,
            sessions: Sessions::Some,
            shown: 5,
            only: None,
        }
    }
}

/// What came of many cases.
#[derive(Debug, Default)]
pub struct Report {
    pub agreed: u64,
    pub oracle: u64,
    pub empty: u64,
    pub refused: BTreeMap<String, u64>,
    pub failed: BTreeMap<String, u64>,
    /// Values that fail in some ways and are not looked at in others.
    pub order: BTreeMap<String, u64>,
    /// How many cases differ, by shape.
    pub by_shape: BTreeMap<&'static str, u64>,
    /// Some of them, made small.
    pub differences: Vec<String>,
    pub took: Duration,
}

impl Report {
    pub fn differing(&self) -> u64 {
        self.by_shape.values().sum()
    }

    pub fn cases(&self) -> u64 {
        let apart = self.refused.values().chain(self.failed.values());
        let apart = apart.chain(self.order.values());
        self.agreed + self.differing() + apart.sum::<u64>()
    }

    /// The figures of both.
    pub fn merge(&mut self, other: Self) {
        self.agreed += other.agreed;
        self.oracle += other.oracle;
        self.empty += other.empty;
        self.took += other.took;
        self.differences.extend(other.differences);
        for (mine, more) in [
            (&mut self.refused, other.refused),
            (&mut self.failed, other.failed),
            (&mut self.order, other.order),
        ] {
            for (why, many) in more {
                *mine.entry(why).or_default() += many;
            }
        }
        for (shape, many) in other.by_shape {
            *self.by_shape.entry(shape).or_default() += many;
        }
    }

    pub fn add(&mut self, case: &Case, verdict: &Verdict) {
        match verdict {
            Verdict::Agreed { oracle, rows } => {
                self.agreed += 1;
                self.oracle += u64::from(*oracle);
                self.empty += u64::from(rows.is_empty());
            }
            Verdict::Refused(why) => *self.refused.entry(alike(why)).or_default() += 1,
            Verdict::Failed(why) => *self.failed.entry(alike(why)).or_default() += 1,
            Verdict::Order(why) => *self.order.entry(alike(why)).or_default() += 1,
            Verdict::Differs(_) => *self.by_shape.entry(case.shape).or_default() += 1,
        }
    }
}

/// Messages without what differs from case to case.
fn alike(why: &str) -> String {
    let mut text: String = why.chars().filter(|c| !c.is_ascii_digit()).collect();
    if let Some((at, _)) = text.char_indices().nth(90) {
        text.truncate(at);
    }
    text
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cases = self.cases();
        let share = |part: u64| 100.0 * part as f64 / cases.max(1) as f64;
        let (refused, failed): (u64, u64) =
            (self.refused.values().sum(), self.failed.values().sum());
        writeln!(f, "{cases} cases in {:.1} s", self.took.as_secs_f64())?;
        writeln!(
            f,
            "  agreed {} ({:.1} %), with SQLite too {} ({:.1} %), no rows {} ({:.1} %)",
            self.agreed,
            share(self.agreed),
            self.oracle,
            share(self.oracle),
            self.empty,
            share(self.empty)
        )?;
        writeln!(f, "  refused {refused} ({:.1} %)", share(refused))?;
        for (why, many) in &self.refused {
            writeln!(f, "    {many:6}  {why}")?;
        }
        writeln!(f, "  failed {failed} ({:.1} %)", share(failed))?;
        for (why, many) in &self.failed {
            writeln!(f, "    {many:6}  {why}")?;
        }
        let order: u64 = self.order.values().sum();
        writeln!(
            f,
            "  fail on a value in some ways {order} ({:.1} %)",
            share(order)
        )?;
        for (why, many) in &self.order {
            writeln!(f, "    {many:6}  {why}")?;
        }
        writeln!(
            f,
            "  differ {} ({:.1} %)",
            self.differing(),
            share(self.differing())
        )?;
        for (shape, many) in &self.by_shape {
            writeln!(f, "    {many:6}  {shape}")?;
        }
        Ok(())
    }
}

/// Who looks at every case with its verdict.
pub type Seen<'a> = &'a (dyn Fn(&World, &Case, &Verdict) + Sync);

/// Asks all cases of a span, their table sets shared out among the threads.
pub fn work(span: &Span, seen: Seen<'_>) -> Report {
    let sets = span.from / PER_SET..span.to.div_ceil(PER_SET);
    shared_out(sets, async |set, report: &Mutex<Report>| {
        let world = World::of(TableSet::generate(set), span.sessions).await;
        let first = (set * PER_SET).max(span.from);
        for number in first..((set + 1) * PER_SET).min(span.to) {
            let case = world.case(number, span.only.as_deref());
            judge(span, &world, case, report, seen).await;
        }
    })
}

/// Asks every example of every kind over tables of some rounds.
pub fn measure(rounds: Range<u64>, span: &Span) -> Report {
    let many = expectations::examples().len() as u64;
    shared_out(
        rounds.start * many..rounds.end * many,
        async |number, report: &Mutex<Report>| {
            let (tables, case) = expectations::case(number % many, number / many).await;
            let world = World::of(tables, span.sessions).await;
            judge(span, &world, case, report, &|_, _, _| {}).await;
        },
    )
}

/// Does every job of a range, on as many threads as there are processors.
fn shared_out(jobs: Range<u64>, one: impl AsyncFn(u64, &Mutex<Report>) + Sync) -> Report {
    let started = Instant::now();
    let next = AtomicU64::new(jobs.start);
    let report = Mutex::new(Report::default());
    let thread = || {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().build().unwrap();
        loop {
            let job = next.fetch_add(1, Ordering::Relaxed);
            if job >= jobs.end {
                return;
            }
            runtime.block_on(one(job, &report));
        }
    };
    let threads = std::thread::available_parallelism().map_or(2, |many| many.get());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            // Plans nest deeply, and unoptimised code needs large frames for them.
            let builder = std::thread::Builder::new().stack_size(128 * 1024 * 1024);
            builder.spawn_scoped(scope, thread).unwrap();
        }
    });
    let mut report = report.into_inner().unwrap();
    report.took = started.elapsed();
    report
}

async fn judge(span: &Span, world: &World, case: Case, report: &Mutex<Report>, seen: Seen<'_>) {
    let verdict = world.judge(&case).await;
    seen(world, &case, &verdict);
    let show = {
        let mut report = report.lock().unwrap();
        report.add(&case, &verdict);
        report.differences.len() < span.shown
    };
    if let (Verdict::Differs(difference), true) = (verdict, show) {
        let fresh = World::of(world.set.clone(), span.sessions).await;
        let small = shrink(fresh, case, difference, span.sessions).await;
        report.lock().unwrap().differences.push(small);
    }
}
