//! Real monthly files, month by month into one warehouse, faults and all.
//!
//! The files lie beside the repository; where they do not, there is nothing to
//! test, but in CI they must be there.

use std::fs;
use std::path::{Path, PathBuf};

use lockgate::outcome::{FileState, Gate, Run, Verdict};
use lockgate::run::Options;

use crate::support::{Scratch, file, model};

const CONTRACT: &str = "contracts/sources/nc.toml";

/// What the owner adds when January 2017 brings two columns, each before the one it stands before.
const SINCE_2017: [(&str, &str); 2] = [
    ("type = ", "name = { since = 2017-01-01 }"),
    ("shift = ", "ind_month = { since = 2017-01-01 }"),
];

fn files() -> Option<PathBuf> {
    crate::support::outside("monthly_nc")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder is made");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        match path.is_dir() {
            true => copy(&path, &target),
            false => fs::write(target, fs::read(path).expect("a file")).expect("a file is written"),
        }
    }
}

/// The project with a data folder and a warehouse of its own.
struct Months {
    scratch: Scratch,
    files: PathBuf,
}

impl Months {
    fn new(files: PathBuf) -> Self {
        let months = Self {
            scratch: Scratch::new(&[]),
            files,
        };
        let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/projects/monthly_nc");
        copy(&project, &months.folder());
        months
    }

    fn folder(&self) -> PathBuf {
        let data = self.scratch.data();
        data.parent().expect("a folder above the data").to_owned()
    }

    /// The same project, files and tables in another place.
    fn fork(&self) -> Self {
        let fork = Self {
            scratch: Scratch::new(&[]),
            files: self.files.clone(),
        };
        copy(&self.folder(), &fork.folder());
        fork
    }

    /// Puts a file into the data folder as that of a month, and runs.
    fn deliver(&self, file: &str, month: &str, change: impl FnOnce(&mut Options)) -> Run {
        let bytes = fs::read(self.files.join(file)).expect("a monthly file");
        self.scratch.write(&format!("data/{}", name(month)), bytes);
        self.scratch.run_as(change)
    }

    fn month(&self, month: &str) -> Run {
        self.deliver(&name(month), month, |_| {})
    }

    fn ordinary(&self, month: &str) {
        passes(month, &self.month(month));
    }

    /// The month's file is last month's but for the name of the month: seen, taken out, never back.
    fn repeats(&self, month: &str) {
        let run = self.month(month);
        assert_eq!(failed(&run), ["file_is_new"], "{month}");
        let rows = "select count(*) from base_nc where file_name = ";
        let published = self.scratch.query(&format!("{rows}'{}'", name(month)));
        assert_eq!(published, ["0"], "{month} is not published");
        let run = self
            .scratch
            .run_as(|options| options.withdraw = vec![name(month)]);
        assert_eq!(file(&run, &name(month)).state, FileState::Withdrawn);
        assert_eq!(run.verdict, Verdict::Pass, "{month} withdrawn");
    }

    /// Adds lines to the source's contract, each before the line that begins so.
    fn amend(&self, lines: &[(&str, &str)]) {
        let contract = self.folder().join(CONTRACT);
        let mut text = fs::read_to_string(contract).expect("the contract");
        for (before, line) in lines {
            text = text.replace(&format!("\n{before}"), &format!("\n{line}\n{before}"));
        }
        self.scratch.write(CONTRACT, text);
    }
}

fn name(month: &str) -> String {
    format!("nc_{month}.csv")
}

fn passes(month: &str, run: &Run) {
    assert_eq!(failed(run), [""; 0], "{month}");
    assert_eq!(run.verdict, Verdict::Pass, "{month}");
    assert_eq!(file(run, &name(month)).state, FileState::New, "{month}");
    assert_eq!(model(run, "base_nc").gate, Gate::Open, "{month}");
}

/// The ids of the expectations that close the gate, which their rows show.
fn failed(run: &Run) -> Vec<&str> {
    let base = model(run, "base_nc");
    let failed = base.with(Verdict::Fail);
    failed.map(|outcome| outcome.id.as_str()).collect()
}

/// The columns that are told to be new, of a file that is taken all the same.
fn new_columns<'a>(run: &'a Run, month: &str) -> Vec<&'a str> {
    assert_eq!(run.verdict, Verdict::Warn, "{month}");
    assert_eq!(model(run, "base_nc").gate, Gate::Open, "{month}");
    let warnings = file(run, &name(month)).warnings.iter();
    warnings
        .filter(|warning| warning.contains("is new"))
        .filter_map(|warning| warning.split('`').nth(1))
        .collect()
}

#[test]
fn real_months_pass_and_what_is_wrong_with_some_is_found() {
    let Some(files) = files() else { return };
    let months = Months::new(files);
    months.ordinary("november_2016");
    months.ordinary("december_2016");

    let run = months.month("january_2017");
    assert_eq!(new_columns(&run, "january_2017"), ["name", "ind_month"]);
    months.amend(&SINCE_2017);
    let again = vec![name("january_2017")];
    let run = months.scratch.run_as(|options| options.supersede = again);
    passes("january_2017", &run);
    let named = "select count(distinct file_name) from raw.nc where name is not null";
    assert_eq!(months.scratch.query(named), ["1"]);

    months.ordinary("march_2017");
    months.ordinary("april_2017");
    months.ordinary("february_2018");
    for (fault, found) in [
        (
            "nc_march_2018.v0.csv",
            vec!["key", "file_size", "facilities_stay", "every_county"],
        ),
        (
            "nc_march_2018.v1.csv",
            vec!["matches(id)", "id_begins_with_its_county"],
        ),
    ] {
        let fork = months.fork();
        let run = fork.deliver(fault, "march_2018", |_| {});
        assert_eq!(failed(&run), found, "{fault}");
        assert_eq!(model(&run, "base_nc").gate, Gate::Closed, "{fault}");
        let mended = vec![name("march_2018")];
        let run = fork.deliver("nc_march_2018.csv", "march_2018", |options| {
            options.supersede = mended;
        });
        passes("march_2018", &run);
    }
    months.ordinary("march_2018");
    months.ordinary("april_2018");
    months.ordinary("september_2018");
    months.repeats("october_2018");
    months.ordinary("november_2018");
    months.repeats("december_2018");
    let run = months.month("january_2019");
    assert_eq!(new_columns(&run, "january_2019"), ["category", "site"]);
}
