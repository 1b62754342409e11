//! Killed at any instant, a run leaves whole files and whole tables behind, and
//! the next one carries on.

mod disturbed;
mod doctor;
mod many;
mod records;
mod refused;
mod world;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use lockgate::sample::{Plan, write};

use crate::support::{Dice, Scratch};

const SOURCES: [&str; 2] = ["source1", "source3"];
const MODELS: [&str; 4] = ["base_nevada", "base_texas", "stg_sites", "sites_by_county"];
const KILLS: u32 = 12;

fn sites() -> Scratch {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let contract = |source| {
        let path = root.join(format!("contracts/sources/{source}.toml"));
        fs::read_to_string(path).expect("a contract")
    };
    Scratch::new(&[
        (
            "lockgate.toml",
            "name = 'sites'\nlayers = ['base', 'staging', 'dims']\nas_of = 'newest_file'\n",
        ),
        ("contracts/sources/source1.toml", &contract("source1")),
        ("contracts/sources/source3.toml", &contract("source3")),
        (
            "models/base/base_nevada.sql",
            "select credential_number as licence, name, clean_phone(phone) as phone, county, \
             file_name, file_date, file_row, file_line from raw.source1",
        ),
        (
            "models/base/base_texas.sql",
            "select operation as licence, operation_name as name, clean_phone(phone) as phone, county, \
             file_name, file_date, file_row, file_line from raw.source3",
        ),
        (
            "models/staging/stg_sites.sql",
            "select 'NV' as state, licence, max(name) as name, max(phone) as phone, max(county) as county, \
             min(file_date) as first_seen, max(file_date) as last_seen from base_nevada group by licence \
             union all \
             select 'TX' as state, licence, max(name) as name, max(phone) as phone, max(county) as county, \
             min(file_date) as first_seen, max(file_date) as last_seen from base_texas group by licence",
        ),
        (
            "models/dims/sites_by_county.sql",
            "select state, county, count(*) as sites from stg_sites group by state, county",
        ),
        (
            "expectations/base/base_nevada.toml",
            "[[expect]]\nkind = 'reconciles'\nwith = ['raw.source1']\nper = 'file_name'\n",
        ),
        (
            "expectations/base/base_texas.toml",
            "[[expect]]\nkind = 'reconciles'\nwith = ['raw.source3']\nper = 'file_name'\n\
             [[expect]]\nkind = 'holds'\nid = 'named'\nsql = 'name is not null'\non_fail = 'quarantine'\n",
        ),
        (
            "expectations/staging/stg_sites.toml",
            "[[expect]]\nkind = 'unique'\ncolumns = ['state', 'licence']\n",
        ),
    ])
}

/// The files of one month into the data folder; how many records each has.
fn deliver(sites: &Scratch, sample: &Path, month: u32, records: &mut BTreeMap<String, usize>) {
    for source in SOURCES {
        let name = format!("{source}_2024-{month:02}-01.csv");
        let bytes = fs::read(sample.join(&name)).expect("a file of the month");
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        records.insert(name.clone(), reader.records().count());
        sites.write(&format!("data/{name}"), bytes);
    }
}

fn start(sites: &Scratch) -> Child {
    let folder = sites.data().join("..");
    Command::new(env!("CARGO_BIN_EXE_lockgate"))
        .args(["run", "--quiet", "--project"])
        .arg(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("lockgate starts")
}

fn finish(sites: &Scratch) {
    let status = start(sites).wait().expect("lockgate ends");
    assert!(status.success(), "a run that is let alone passes: {status}");
}

/// Every file of a raw table is there whole, once; every published model can be read.
fn whole(sites: &Scratch, records: &BTreeMap<String, usize>, when: &str) {
    let versions = sites.versions();
    for source in SOURCES {
        if !versions.contains_key(&format!("raw/{source}")) {
            continue;
        }
        let counts = sites.query(&format!(
            "select file_name, count(*), count(distinct file_row), min(file_row), max(file_row) \
             from raw.{source} group by file_name"
        ));
        for line in counts {
            let name = line.split('|').next().expect("a name");
            let all = records[name];
            assert_eq!(line, format!("{name}|{all}|{all}|1|{all}"), "{when}");
        }
    }
    for path in versions.keys() {
        if let Some((_, model)) = path.split_once('/')
            && !path.starts_with("raw/")
        {
            let count = sites.query(&format!("select count(*) from {model}"));
            assert_ne!(count, ["0"], "{when}: {model}");
        }
    }
}

/// All rows of all tables, but for when they were loaded.
fn contents(sites: &Scratch) -> BTreeMap<String, Vec<String>> {
    let raw = SOURCES.map(|source| format!("raw.{source}"));
    let models = MODELS.map(str::to_owned);
    let aside = "quarantine.base_texas".to_owned();
    let tables = raw.into_iter().chain(models).chain([aside]);
    let rows = tables.map(|table| {
        let but = if table.starts_with("raw.") {
            " except (loaded_at)"
        } else {
            ""
        };
        let mut rows = sites.query(&format!("select *{but} from {table}"));
        rows.sort();
        (table, rows)
    });
    rows.collect()
}

#[test]
fn a_run_killed_at_any_point_leaves_whole_tables_and_the_next_carries_on() {
    let sample = tempfile::tempdir().expect("a temporary folder");
    let plan = Plan {
        rows: 400,
        months: KILLS,
        seed: 5,
        faults: Vec::new(),
    };
    write(&plan, sample.path()).expect("a sample");

    let (straight, sites) = (sites(), sites());
    let mut records = BTreeMap::new();
    let mut dice = Dice(11);
    let mut killed = 0;
    for month in 1..=KILLS {
        deliver(&straight, sample.path(), month, &mut records);
        let started = Instant::now();
        finish(&straight);
        let lasts = started.elapsed();

        deliver(&sites, sample.path(), month, &mut records);
        let mut run = start(&sites);
        // The kills are spread over the run, each somewhere in its share of it.
        let share = (f64::from(month - 1) + dice.roll(1000) as f64 / 1000.0) / f64::from(KILLS);
        sleep(lasts.mul_f64(share).max(Duration::from_millis(1)));
        let ended = run.try_wait().expect("the run's state").is_some();
        run.kill().expect("the run is killed");
        run.wait().expect("the run is gone");
        killed += u32::from(!ended);
        let when = format!("after kill {month}, at {share:.2} of a run");
        whole(&sites, &records, &when);
    }
    assert!(
        killed >= KILLS / 2,
        "only {killed} of {KILLS} runs were killed before their end"
    );

    finish(&sites);
    whole(&sites, &records, "at the end");
    let (found, expected) = (contents(&sites), contents(&straight));
    for (table, rows) in expected {
        assert!(
            found[&table] == rows,
            "{table} differs from that of a run let alone"
        );
        let raw = table.starts_with("raw.");
        assert!(!raw || rows.len() == 400 * KILLS as usize, "{table}");
    }
}
