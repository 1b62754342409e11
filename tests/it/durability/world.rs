//! A small project whose runs are disturbed: its files, its phases, and all that a run leaves.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use lockgate::engine::{Engine, Ledger, Warehouse, text_rows};
use lockgate::history;
use lockgate::project;

use crate::support::wait;

const SOURCE: &str = "version = '1.0.0'\nsummary = 'What was sold.'\nowner = 'data@example.com'\n\n\
    [file]\nname = ['NAME_{date}.csv']\ndate = '%Y-%m-%d'\n\n[columns]\nId = {}\nTown = {}\nAmount = {}\n";

const ASKED: &str = "[[expect]]\nkind = 'row_count'\nagainst = { previous = 3 }\nbetween = [0.5, 2.0]\n\n\
    [[expect]]\nkind = 'not_null'\ncolumn = 'town'\nseverity = 'warn'\nallow = { rows = 1 }\n";

/// The parts of a run's life in which it is disturbed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// No table is there.
    Empty,
    /// Two months are in, and two more have come.
    Incremental,
    /// A file that is in comes again with other bytes.
    Supersede,
    /// A file is taken out.
    Withdraw,
    /// A model's SQL changes, and with it the rows set aside.
    Quarantine,
    /// As `Incremental`, near the end, where the record is kept.
    History,
}

pub const PHASES: [Phase; 6] = [
    Phase::Empty,
    Phase::Incremental,
    Phase::Supersede,
    Phase::Withdraw,
    Phase::Quarantine,
    Phase::History,
];

/// A project in a folder.
pub struct World {
    pub folder: tempfile::TempDir,
}

fn month(source: &str, month: u32, more: u32) -> String {
    let mut text = "Id,Town,Amount\n".to_owned();
    for row in 1..=(30 + month + more) {
        let town = if row % 13 == 0 { "" } else { "Elko" };
        let amount = if row % 7 == 0 {
            "none".to_owned()
        } else {
            (row * month).to_string()
        };
        text.push_str(&format!("{source}-{month}-{row},{town},{amount}\n"));
    }
    text
}

pub fn file_name(source: &str, month: u32) -> String {
    format!("{source}_2024-{month:02}-01.csv")
}

const SOURCES: [&str; 2] = ["orders", "returns"];

/// The tables that hold what runs came to.
const TABLES: [&str; 8] = [
    "raw.orders",
    "raw.returns",
    "base_orders",
    "base_returns",
    "quarantine.base_orders",
    "quarantine.base_returns",
    "stg_sales",
    "by_town",
];

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let world = Self { folder };
        let manifest =
            "name = 'sales'\nlayers = ['base', 'staging', 'marts']\nas_of = 'newest_file'\n";
        world.write("lockgate.toml", manifest);
        for source in SOURCES {
            let contract = SOURCE.replace("NAME", source);
            world.write(&format!("contracts/sources/{source}.toml"), &contract);
            world.write(&format!("expectations/sources/{source}.toml"), ASKED);
            world.model(source, "id");
            let aside = "[[expect]]\nkind = 'holds'\nid = 'number'\nsql = \"amount <> 'none'\"\non_fail = 'quarantine'\n\
                [[expect]]\nkind = 'row_count'\nmin = 1\n";
            world.write(&format!("expectations/base/base_{source}.toml"), aside);
        }
        world.write(
            "models/staging/stg_sales.sql",
            "select id, town, cast(amount as bigint) as amount from base_orders union all \
             select id, town, -cast(amount as bigint) as amount from base_returns",
        );
        world.write(
            "models/marts/by_town.sql",
            "select town, count(*) as sales, sum(amount) as amount from stg_sales group by town",
        );
        world
    }

    fn model(&self, source: &str, id: &str) {
        let path = format!("models/base/base_{source}.sql");
        let sql = format!("select {id} as id, town, amount, file_name, file_row from raw.{source}");
        self.write(&path, &sql);
    }

    fn deliver(&self, months: std::ops::RangeInclusive<u32>) {
        for at in months {
            for source in SOURCES {
                let path = format!("data/{}", file_name(source, at));
                self.write(&path, &month(source, at, 0));
            }
        }
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder is made");
        fs::write(path, text).expect("a file is written");
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// The world just before the phase, and the arguments of the run that is disturbed.
    pub fn before(phase: Phase) -> (Self, Vec<String>) {
        let world = Self::new();
        world.deliver(1..=2);
        let february = file_name("orders", 2);
        if phase == Phase::Empty {
            return (world, Vec::new());
        }
        let first = world.start(&[]).wait_with_output().expect("it ends");
        assert!(first.status.success(), "{first:?}");
        match phase {
            Phase::Empty => {}
            Phase::Incremental | Phase::History => world.deliver(3..=4),
            Phase::Supersede => {
                world.write(&format!("data/{february}"), &month("orders", 2, 5));
                return (world, vec!["--supersede".to_owned(), february]);
            }
            Phase::Withdraw => return (world, vec!["--withdraw".to_owned(), february]),
            Phase::Quarantine => world.model("orders", "upper(id)"),
        }
        (world, Vec::new())
    }

    /// The same world in a folder of its own.
    pub fn copy(&self) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        copied(self.folder.path(), folder.path());
        Self { folder }
    }

    /// A run, its messages to be read.
    pub fn start(&self, args: &[String]) -> Child {
        Command::new(env!("CARGO_BIN_EXE_lockgate"))
            .args(["run", "--quiet", "--project"])
            .arg(self.folder.path())
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("lockgate starts")
    }

    /// A run that nobody disturbs.
    pub fn run(&self, args: &[String]) {
        let done = self.start(args).wait_with_output().expect("it ends");
        let told = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{}: {told}", done.status);
    }

    /// What is kept of the files: name, rows, and every point with its past.
    fn records(&self) -> Vec<String> {
        let (root, warehouse) = (self.folder.path().to_owned(), self.warehouse());
        wait(async move {
            let project = project::load(&root).expect("the project");
            let mut records = Vec::new();
            for source in &project.sources {
                let ledger = Ledger::open(&warehouse, source).await.expect("a ledger");
                for known in ledger.files() {
                    let judged = known.judged.as_ref().expect("a record");
                    let points = serde_json::to_string(&judged.points).expect("JSON");
                    records.push(format!(
                        "{} {} {} {points}",
                        known.name, known.sha256, known.rows
                    ));
                }
            }
            records
        })
    }

    pub fn warehouse(&self) -> Warehouse {
        Warehouse::open("warehouse", self.folder.path()).expect("a warehouse")
    }

    /// Rows of a query, sorted.
    pub fn rows(&self, sql: &str) -> Vec<String> {
        let (root, warehouse, sql) = (
            self.folder.path().to_owned(),
            self.warehouse(),
            sql.to_owned(),
        );
        wait(async move {
            let project = project::load(&root).expect("the project");
            let engine = Engine::of(&project, None).expect("an engine");
            let tables = engine.put_published(&warehouse, &project).await;
            tables.expect("the published tables");
            history::open(&engine, &warehouse)
                .await
                .expect("the history");
            let page = text_rows(&engine, &sql, usize::MAX).await;
            let rows = page.expect("the query runs").rows;
            let mut rows: Vec<String> = rows.into_iter().map(|row| format!("{row:?}")).collect();
            rows.sort();
            rows
        })
    }

    /// All that runs left behind, but for times, run ids and how often it was asked.
    pub fn left(&self) -> BTreeMap<String, Vec<String>> {
        let mut left = BTreeMap::new();
        for table in TABLES {
            let but = if table.starts_with("raw.") {
                " except (loaded_at)"
            } else {
                ""
            };
            left.insert(
                table.to_owned(),
                self.rows(&format!("select *{but} from {table}")),
            );
        }
        left.insert("records".to_owned(), self.records());
        // The last said of each day: a run that goes on without a file of another run judges what is there then.
        let verdicts = "select model, as_of, id, verdict, rows, of, value from (select o.*, \
            row_number() over (partition by o.model, o.as_of, o.id order by r.finished desc) as place \
            from history.outcomes o join history.runs r on o.run_id = r.run_id) where place = 1";
        left.insert("verdicts".to_owned(), self.rows(verdicts));
        left.insert(
            "files".to_owned(),
            self.rows("select sum(files_new) from history.runs"),
        );
        let torn = "select count(*) from history.outcomes where run_id not in (select run_id from history.runs)";
        left.insert("torn".to_owned(), self.rows(torn));
        left
    }

    /// That it is as another world is, which nobody disturbed.
    pub fn is_as(&self, undisturbed: &BTreeMap<String, Vec<String>>, when: &str) {
        let left = self.left();
        for (what, rows) in undisturbed {
            assert_eq!(&left[what], rows, "{what}, {when}");
        }
    }
}

fn copied(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            fs::create_dir(&to).expect("a folder is made");
            copied(&path, &to);
        } else {
            fs::copy(&path, &to).expect("a file is copied");
        }
    }
}
