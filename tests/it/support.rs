//! Projects in folders of their own, run and queried through the library.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Once};

use lockgate::engine::{Engine, Warehouse, text_rows};
use lockgate::error::Result;
use lockgate::history;
use lockgate::outcome::{FileRun, ModelRun, Outcome, Run};
use lockgate::project::{self, Project};
use lockgate::run::{Clock, Options};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Plans nest deeply, and unoptimised code needs large frames for them.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_stack_size(32 * 1024 * 1024)
        .enable_all()
        .build()
        .expect("a runtime")
});

/// Data that is not the repository's own: real files and others' cases, in `../shared/data` beside it.
///
/// Without it the tests that ask for it pass and say once that they were left out; where `LOCKGATE_REAL_DATA` is set
/// they fail.
pub fn outside(path: &str) -> Option<PathBuf> {
    static SAID: Once = Once::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("../shared/data").join(path);
    if path.exists() {
        return Some(path);
    }
    let wanted = std::env::var_os("LOCKGATE_REAL_DATA").is_some();
    assert!(
        !wanted,
        "LOCKGATE_REAL_DATA is set, and there is no {}",
        path.display()
    );
    // Past the harness, which keeps what a passing test prints.
    SAID.call_once(|| {
        let line = "left out: tests on data beside the repository, which is not there (LOCKGATE_REAL_DATA=1 asks for it)\n";
        let _ = std::io::stderr().write_all(line.as_bytes());
    });
    None
}

/// Waits for work that is done on a thread with a large stack.
pub fn wait<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    RUNTIME
        .block_on(RUNTIME.spawn(work))
        .expect("the work ends")
}

/// A project in a temporary folder, its data and its warehouse beside it.
pub struct Scratch {
    folder: TempDir,
    root: PathBuf,
}

impl Scratch {
    /// A project of these files: path and text.
    pub fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = folder.path().to_owned();
        let scratch = Self { folder, root };
        fs::create_dir(scratch.data()).expect("a data folder");
        for (path, text) in files {
            scratch.write(path, text);
        }
        scratch
    }

    /// A project that stands elsewhere, with data and warehouse of its own.
    pub fn of(root: &Path) -> Self {
        let scratch = Self::new(&[]);
        Self {
            root: root.to_owned(),
            ..scratch
        }
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Writes a file of the project, with the folders above it.
    pub fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder is made");
        fs::write(path, bytes).expect("a file is written");
    }

    /// A path of the project.
    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub fn remove(&self, path: &str) {
        fs::remove_file(self.folder.path().join(path)).expect("a file is removed");
    }

    /// The files below a folder of the warehouse that end so.
    pub fn stored(&self, table: &str, ending: &str) -> usize {
        fn count(folder: &Path, ending: &str) -> usize {
            let Ok(entries) = fs::read_dir(folder) else {
                return 0;
            };
            entries
                .map(|entry| entry.expect("an entry").path())
                .map(|path| match path.is_dir() {
                    true => count(&path, ending),
                    false => usize::from(path.to_string_lossy().ends_with(ending)),
                })
                .sum()
        }
        count(&self.folder.path().join("warehouse").join(table), ending)
    }

    pub fn project(&self) -> Project {
        project::load(&self.root).expect("the project is right")
    }

    pub fn warehouse(&self) -> Warehouse {
        Warehouse::open("warehouse", self.folder.path()).expect("a warehouse")
    }

    /// The options of a plain run.
    pub fn options(&self) -> Options {
        Options::new(self.data(), self.warehouse())
    }

    /// A run that must come to an end, whatever it finds of the data.
    pub fn run(&self) -> Run {
        self.run_as(|_| {})
    }

    pub fn run_as(&self, change: impl FnOnce(&mut Options)) -> Run {
        self.try_run(change).expect("the run comes to an end")
    }

    pub fn try_run(&self, change: impl FnOnce(&mut Options)) -> Result<Run> {
        static RUNS: AtomicU64 = AtomicU64::new(1);
        let mut options = self.options();
        change(&mut options);
        let project = self.project();
        wait(async move {
            let clock = Clock {
                run_id: format!("run-{}", RUNS.fetch_add(1, Ordering::Relaxed)),
                now: &chrono::Utc::now,
            };
            let run = lockgate::run::run(&project, &options, &clock, &|_| {}).await?;
            history::save(&options.warehouse, &run).await?;
            Ok(run)
        })
    }

    /// The rows of a query over what is published, each as its cells joined by `|`; null is `~`.
    pub fn query(&self, sql: &str) -> Vec<String> {
        let cells = self.cells(sql).into_iter().map(|row| {
            let cells = row.into_iter().map(|cell| cell.unwrap_or("~".to_owned()));
            cells.collect::<Vec<_>>().join("|")
        });
        cells.collect()
    }

    /// The cells of a query over what is published; `None` is null.
    pub fn cells(&self, sql: &str) -> Vec<Vec<Option<String>>> {
        let (project, warehouse, sql) = (self.project(), self.warehouse(), sql.to_owned());
        wait(async move {
            let engine = Engine::of(&project, None).expect("an engine");
            let tables = engine.put_published(&warehouse, &project).await;
            tables.expect("the published tables");
            history::open(&engine, &warehouse)
                .await
                .expect("the history");
            let page = text_rows(&engine, &sql, usize::MAX).await;
            page.expect("the query runs").rows
        })
    }

    /// The version of every table of the warehouse but the history's, by path.
    pub fn versions(&self) -> BTreeMap<String, u64> {
        let project = self.project();
        let sources = project.sources.iter();
        let raw = sources.map(|source| lockgate::engine::raw_path(&source.name));
        let models = project.models.iter().map(lockgate::engine::table_path);
        let paths: Vec<String> = raw.chain(models).collect();
        let warehouse = self.warehouse();
        wait(async move {
            let mut versions = BTreeMap::new();
            for path in paths {
                if let Some(table) = warehouse.table(&path).await.expect("a table") {
                    versions.insert(path, table.version().expect("a version"));
                }
            }
            versions
        })
    }
}

pub fn file<'a>(run: &'a Run, name: &str) -> &'a FileRun {
    let mut files = run.files.iter();
    files
        .find(|file| file.name == name)
        .unwrap_or_else(|| panic!("no file {name} in the run"))
}

pub fn model<'a>(run: &'a Run, name: &str) -> &'a ModelRun {
    run.model(name)
        .unwrap_or_else(|| panic!("no model {name} in the run"))
}

pub fn outcome<'a>(run: &'a Run, of: &str, id: &str) -> &'a Outcome {
    let mut outcomes = model(run, of).outcomes.iter();
    outcomes
        .find(|outcome| outcome.id == id)
        .unwrap_or_else(|| panic!("no outcome {id} of {of}"))
}

/// A small random number generator: the same numbers on every machine.
pub struct Dice(pub u64);

impl Dice {
    /// A number below `sides`.
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}
