//! The leads project on the real files, wherever they are: nothing of their
//! values is printed or kept, so every comparison tells places only.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use lockgate::engine::{Engine, IngestPlan, Intake, Known, files_of, raw_path, stage_file};
use lockgate::intake::{Reason, Refusal};
use lockgate::outcome::{FileState, Gate, Verdict};
use lockgate::project::Source;

use crate::support::{Scratch, file, model, outcome, outside, wait};

const FILES: [(&str, u64, usize); 4] = [
    ("source1", 70, 13),
    ("source2", 28, 30),
    ("source3", 29, 20),
    ("salesforce_leads", 39, 30),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folder of the real files.
fn real_files() -> Option<PathBuf> {
    outside("leads")
}

/// The leads project over a copy of the real files.
fn leads() -> Option<Scratch> {
    let folder = real_files()?;
    let leads = Scratch::of(root());
    for (name, ..) in FILES {
        let bytes = fs::read(folder.join(format!("{name}.csv"))).expect("a real file");
        leads.write(&format!("data/{name}.csv"), bytes);
    }
    Some(leads)
}

fn july() -> Option<chrono::NaiveDate> {
    "2023-07-01".parse().ok()
}

/// The cells of a file as an independent parser reads them, with the line of each record.
fn parsed(path: &Path) -> Vec<(u64, Vec<Option<String>>)> {
    let mut reader = csv::Reader::from_path(path).expect("a file");
    let records = reader.records().map(|record| {
        let record = record.expect("a record");
        let line = record.position().expect("a position").line();
        let cells = record.iter();
        let cells = cells.map(|cell| (!cell.is_empty()).then(|| cell.to_owned()));
        (line, cells.collect())
    });
    records.collect()
}

fn numbers(rows: &[String]) -> Vec<u64> {
    rows.iter()
        .map(|row| row.parse().expect("a number"))
        .collect()
}

#[test]
fn real_files_come_in_to_the_byte_and_every_lead_reaches_staging_once() {
    let Some(leads) = leads() else { return };
    let run = leads.run_as(|options| {
        options.file_date = july();
        options.select = vec!["+layer:staging".to_owned()];
    });
    let project = leads.project();
    for (name, rows, columns) in FILES {
        let taken = file(&run, &format!("{name}.csv"));
        assert_eq!(taken.state, FileState::New, "{name}");
        assert_eq!(taken.rows, Some(rows), "{name}");
        assert!(taken.warnings.is_empty(), "{name} is as its contract says");

        let names = project.source(name).expect("a source").contract.raw_names();
        assert_eq!(names.len(), columns, "{name}");
        let list: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
        let sql = format!(
            "select file_line, {} from raw.{name} order by file_row",
            list.join(", ")
        );
        let found = leads.cells(&sql);
        let expected = parsed(&leads.data().join(format!("{name}.csv")));
        assert_eq!(found.len(), expected.len(), "{name}");
        for (row, (found, (line, cells))) in found.iter().zip(&expected).enumerate() {
            let same_line = found[0].as_deref() == Some(line.to_string().as_str());
            assert!(same_line, "{name}, record {}: its line", row + 1);
            for (place, cell) in cells.iter().enumerate() {
                let same = found[place + 1] == *cell;
                assert!(same, "{name}, record {}, cell {}", row + 1, place + 1);
            }
        }
    }
    quirks_survive(&leads);

    let keys = "select phone_address_key, phone from stg_leads_source_1 \
        union all select phone_address_key, phone from stg_leads_source_2 \
        union all select phone_address_key, phone from stg_leads_source_3";
    let each: Vec<u64> = (1..=3)
        .map(|source| format!("select count(*) from stg_leads_source_{source}"))
        .flat_map(|sql| numbers(&leads.query(&sql)))
        .collect();
    assert_eq!(each, [70, 28, 29]);
    let all = leads.query(&format!(
        "select count(*), count(distinct phone_address_key) from ({keys})"
    ));
    assert_eq!(all, ["127|127"], "each lead is in exactly one source");
    let shared = leads.query(&format!(
        "select count(*) as leads from ({keys}) where phone is not null \
         group by phone having count(*) > 1 order by leads"
    ));
    assert_eq!(shared, ["2", "2", "3"], "leads that share a phone");
}

/// What a reader of such files is tempted to mend, and raw must not.
fn quirks_survive(leads: &Scratch) {
    let lines = "select count(*) from raw.source2 \
        where array_length(string_to_array(primary_caregiver, chr(10))) = 3";
    assert_eq!(leads.query(lines), ["28"], "caregivers of three lines");
    let quotes = "select file_row from raw.source3 where operation_name like '%\"%\"'";
    assert_eq!(leads.query(quotes), ["1"], "the damaged quote");
    let mojibake = "select count(*) from raw.source1 where name like '%í%'";
    assert_eq!(leads.query(mojibake), ["1"], "the mojibake");
}

#[test]
fn an_impossible_match_closes_the_gate_before_the_dims_unless_it_only_warns() {
    let Some(leads) = leads() else { return };
    let run = leads.run_as(|options| options.file_date = july());
    let impossible = outcome(&run, "stg_salesforce_leads", "match_impossible");
    assert_eq!(impossible.verdict, Verdict::Fail);
    assert_eq!((impossible.rows, impossible.of), (Some(39), Some(39)));
    let because = impossible.because.as_deref().expect("a reason");
    assert!(because.contains("no match is possible"), "{because}");
    for built in &run.models {
        let gate = match (built.layer.as_str(), built.name.as_str()) {
            (_, "stg_salesforce_leads") => Gate::Closed,
            ("base" | "staging", _) => Gate::Open,
            _ => Gate::Skipped,
        };
        assert_eq!(built.gate, gate, "{}", built.name);
        if gate == Gate::Skipped {
            let note = built.note.as_deref();
            let why = Some("the gate of stg_salesforce_leads is closed");
            assert_eq!(note, why, "{}", built.name);
        }
    }
    assert_eq!(leads.stored("dims", ".json"), 0, "nothing is published");

    let run = leads.run_as(|options| {
        options.file_date = july();
        options.severities = vec!["match_impossible=warn".to_owned()];
    });
    let impossible = outcome(&run, "stg_salesforce_leads", "match_impossible");
    assert_eq!(impossible.verdict, Verdict::Warn);
    let closed: Vec<&str> = run
        .models
        .iter()
        .filter(|model| model.gate != Gate::Open)
        .map(|model| model.name.as_str())
        .collect();
    assert!(closed.is_empty(), "{closed:?}");
    for dim in [
        "dim_prospective_leads",
        "dim_prospective_leads_source_level",
    ] {
        assert_eq!(model(&run, dim).rows, Some(127), "{dim}");
        let new = format!("select count(*) from {dim} where is_new_prospective_lead");
        assert_eq!(leads.query(&new), ["127"], "{dim}");
    }
    let sources = "select count(*) from dim_prospective_leads where \
        cast(is_in_source_1 as int) + cast(is_in_source_2 as int) + cast(is_in_source_3 as int) = 1";
    assert_eq!(leads.query(sources), ["127"]);
}

/// A file with one header cell renamed.
fn renamed(bytes: &[u8], place: usize, name: &str) -> Vec<u8> {
    let end = bytes
        .iter()
        .position(|byte| *byte == b'\n')
        .expect("a header");
    let header = std::str::from_utf8(&bytes[..end]).expect("UTF-8");
    let mut cells: Vec<&str> = header.split(',').collect();
    cells[place] = name;
    [cells.join(",").as_bytes(), &bytes[end..]].concat()
}

/// Reads one file on its way into raw; why it is refused, and what the raw table holds afterwards.
fn read(leads: &Scratch, source: &Source, path: PathBuf) -> (Vec<Refusal>, Vec<Known>) {
    let (warehouse, source) = (leads.warehouse(), source.clone());
    wait(async move {
        let plan = IngestPlan {
            source: &source,
            name: format!("{}.csv", source.name),
            date: "2023-07-01".parse().unwrap(),
            path,
            supersede: false,
            run_id: "run",
            loaded_at: 0,
        };
        let engine = Engine::new(None).expect("an engine");
        let intake = stage_file(&engine, &warehouse, &plan, &[])
            .await
            .expect("the storage works");
        let table = warehouse.table(&raw_path(&source.name)).await;
        let known = match table.expect("the storage works") {
            Some(table) => files_of(&source, &table).await.expect("a ledger"),
            None => Vec::new(),
        };
        match intake {
            Intake::Refused { refusals, .. } => (refusals, known),
            Intake::Staged { .. } => (Vec::new(), known),
        }
    })
}

#[test]
fn renaming_any_one_of_the_93_columns_keeps_the_file_out_and_names_the_column() {
    let Some(leads) = leads() else { return };
    let project = leads.project();
    let mut tried = BTreeSet::new();
    for (name, _, columns) in FILES {
        let source = project.source(name).expect("a source");
        let bytes = fs::read(leads.data().join(format!("{name}.csv"))).expect("a file");
        let headers = source.contract.columns.keys();
        for (place, header) in headers.map(|header| header.get_ref()).enumerate() {
            let spellings = [
                (header.to_uppercase(), true),
                (format!("{header} "), true),
                (format!("New {header}"), true),
                (format!("{header}_v2"), true),
                ("~".to_owned(), false),
            ];
            for (new, is_like) in spellings {
                if new == *header {
                    continue;
                }
                let case = format!("{name}: {header} -> {new:?}");
                leads.write("renamed.csv", renamed(&bytes, place, &new));
                let path = leads.data().join("../renamed.csv");
                let (refusals, known) = read(&leads, source, path);
                assert!(known.is_empty(), "{case}: a row is in raw");
                assert_eq!(refusals.len(), 1, "{case}: {refusals:?}");
                let refusal = &refusals[0];
                assert_eq!(refusal.reason, Reason::MissingColumn, "{case}");
                assert_eq!(refusal.column.as_ref(), Some(header), "{case}");
                let missing = format!("column `{header}` is missing");
                assert!(refusal.message.starts_with(&missing), "{case}: {refusal}");
                let guess = format!("now called `{new}` (");
                assert!(
                    !is_like || refusal.message.contains(&guess),
                    "{case}: {refusal}"
                );
            }
            tried.insert((name, header.clone()));
        }
        assert_eq!(source.contract.columns.len(), columns, "{name}");
    }
    assert_eq!(tried.len(), 93);
}

#[test]
fn a_renamed_column_stops_its_source_before_base_in_a_whole_run() {
    let Some(leads) = leads() else { return };
    for (name, header, new) in [
        ("source1", "Credential Number", "Licence No"),
        ("source2", "Phone", "Phone Number"),
        ("source3", "Operation", "Operation Id"),
        ("salesforce_leads", "mobile_phone", "mobile"),
    ] {
        let path = format!("data/{name}.csv");
        let bytes = fs::read(leads.data().join(format!("{name}.csv"))).expect("a file");
        let source = leads.project().source(name).expect("a source").clone();
        let mut headers = source.contract.columns.keys();
        let place = headers
            .position(|key| key.get_ref() == header)
            .expect("a column");
        leads.write(&path, renamed(&bytes, place, new));
        let base = match name {
            "salesforce_leads" => "base_salesforce_leads".to_owned(),
            _ => format!("base_leads_source_{}", &name[6..]),
        };
        let run = leads.run_as(|options| {
            options.file_date = july();
            options.select = vec![format!("{base}+1")];
        });
        leads.write(&path, bytes);

        let refused = file(&run, &format!("{name}.csv"));
        assert_eq!(refused.state, FileState::Refused, "{name}");
        let reason = refused.reason.as_deref().expect("a reason");
        let expected = format!("column `{header}` is missing; ");
        assert!(reason.contains(&expected), "{name}: {reason}");
        assert!(reason.contains(&format!("`{new}` (")), "{name}: {reason}");
        for built in &run.models {
            assert_eq!(built.gate, Gate::Skipped, "{}", built.name);
        }
    }
    assert_eq!(
        leads.stored("", ".parquet") - leads.stored("history", ".parquet"),
        0
    );
}
