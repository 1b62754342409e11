//! The real lead files: cities told from streets, and a second month that brings one new lead.

use std::fs;
use std::path::Path;

use lockgate::clean::address::parse;
use lockgate::engine::{Engine, Warehouse, text_rows};
use lockgate::project;
use lockgate::run::{Clock, Options, run};

use super::{data, rows};

/// Whether the address's city is the longest end of the line before the state that the file itself bears out.
fn split(line: &str, city: &str) -> bool {
    parse(line)
        .city
        .is_some_and(|found| found == city.to_uppercase())
}

#[test]
fn cities_are_split_from_streets_without_a_separator() {
    let (Some(two), Some(three)) = (data("leads/source2.csv"), data("leads/source3.csv")) else {
        return;
    };
    let mut joined = Vec::new();
    for (path, street) in [(two, "Address1"), (three, "Address")] {
        for row in rows(&path) {
            let line = format!(
                "{} {}, {} {}",
                row[street], row["City"], row["State"], row["Zip"]
            );
            joined.push((line, row["City"].clone()));
        }
    }
    let held = joined
        .iter()
        .filter(|(line, city)| split(line, city))
        .count();
    println!(
        "cities: sources 2 and 3, joined without a separator: {held} of {}",
        joined.len()
    );
    assert_eq!((held, joined.len()), (57, 57));
}

/// The cities of the Nevada file, as a person reads them.
const CITIES: &[&str] = &[
    "NORTH LAS VEGAS",
    "LAS VEGAS",
    "HENDERSON",
    "BOULDER CITY",
    "MESQUITE",
    "SPRING CREEK",
    "CARSON CITY",
    "LAUGHLIN",
];

#[test]
fn every_city_of_the_nevada_file_is_found() {
    let Some(path) = data("leads/source1.csv") else {
        return;
    };
    let rows = rows(&path);
    let held = rows.iter().filter(|row| {
        let line = &row["Address"];
        let before = line
            .rsplit_once(',')
            .map_or("", |(before, _)| before)
            .to_uppercase();
        let city = CITIES.iter().find(|city| before.ends_with(*city));
        // AVENUE NORTH is no street of that ZIP code: the city is North Las Vegas where its ZIP code says so.
        city.is_some_and(|city| split(line, city))
    });
    let held = held.count();
    println!("cities: source 1: {held} of {}", rows.len());
    assert_eq!((held, rows.len()), (70, 70));
}

/// The month after: one phone changed, `. ` gone from every address, the last row gone, a new one there.
fn next_month(path: &Path) -> String {
    let mut reader = csv::Reader::from_path(path).expect("a CSV file");
    let header = reader.headers().expect("a header").clone();
    let at = |name: &str| {
        header
            .iter()
            .position(|known| known == name)
            .expect("a column")
    };
    let (address, phone) = (at("Address"), at("Phone"));
    let mut records: Vec<Vec<String>> = reader
        .records()
        .map(|record| {
            record
                .expect("a record")
                .iter()
                .map(str::to_owned)
                .collect()
        })
        .collect();
    for record in &mut records {
        record[address] = record[address].replace(". ", " ");
    }
    records[0][phone] = "702-555-2368".to_owned();
    let gone = records.remove(20);
    let mut new = gone.clone();
    for (name, value) in [
        ("Name", "A PRETEND SCHOOL"),
        ("Credential Number", "9999-99"),
        ("Address", "1 SAMPLE ST LAS VEGAS, NV 89101"),
        ("Phone", "702-555-2369"),
    ] {
        new[at(name)] = value.to_owned();
    }
    records.push(new);
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&header).expect("a header");
    for record in &records {
        writer.write_record(record).expect("a record");
    }
    String::from_utf8(writer.into_inner().expect("bytes")).expect("text")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_month_of_the_nevada_file_brings_one_new_site() {
    let Some(path) = data("leads/source1.csv") else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let files = folder.path().join("data");
    fs::create_dir_all(&files).expect("a folder");
    fs::copy(&path, files.join("source1_2023-06-01.csv")).expect("a file");
    fs::write(files.join("source1_2023-07-01.csv"), next_month(&path)).expect("a file");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (source, month) in [
        ("source2", "2023-06-01"),
        ("source3", "2023-06-01"),
        ("salesforce_leads", "2023-06-01"),
    ] {
        let from = path.with_file_name(format!("{source}.csv"));
        fs::copy(from, files.join(format!("{source}_{month}.csv"))).expect("a file");
    }
    let project = project::load(root).expect("the project");
    let place = folder.path().join("warehouse").display().to_string();
    let warehouse = || Warehouse::open(&place, Path::new("")).expect("a warehouse");
    let severities: Vec<String> = project
        .models
        .iter()
        .flat_map(|model| {
            model
                .expectations
                .iter()
                .map(move |e| format!("{}.{}=warn", model.name, e.id))
        })
        .collect();
    let options = Options {
        data: files,
        warehouse: warehouse(),
        file_date: None,
        select: Vec::new(),
        // What is asked of a month's growth is not asked of a replay.
        severities,
        supersede: Vec::new(),
        withdraw: Vec::new(),
        cut_off: Vec::new(),
        modified: None,
        memory: None,
    };
    let clock = Clock {
        run_id: "replay".to_owned(),
        now: &chrono::Utc::now,
    };
    let ran = tokio::spawn(async move {
        let ran = run(&project, &options, &clock, &|_| {}).await;
        (ran, project)
    });
    let (ran, project) = ran.await.expect("a run");
    let ran = ran.expect("a run");
    for model in ran
        .models
        .iter()
        .filter(|model| model.gate != lockgate::outcome::Gate::Open)
    {
        println!("closed: {} {:?}", model.name, model.note);
    }
    let engine = Engine::new(None).expect("an engine");
    engine
        .put_published(&warehouse(), &project)
        .await
        .expect("tables");
    let sql = "SELECT file_date, new_to_source, net_new_leads, net_new_sites FROM net_new_leads_by_file \
        WHERE source_name = 'source_1' ORDER BY file_date";
    let page = text_rows(&engine, sql, 10)
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    println!(
        "replay: new to the source, net-new leads, net-new sites by file: {:?}",
        page.rows
    );
    let raw = "WITH keys AS (SELECT file_date, phone, address FROM raw.source1) \
        SELECT count(*) FROM keys n WHERE file_date = DATE '2023-07-01' AND NOT EXISTS \
        (SELECT 1 FROM keys o WHERE o.file_date < n.file_date AND o.phone = n.phone AND o.address = n.address)";
    let by_text = text_rows(&engine, raw, 1)
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    println!(
        "replay: by the raw phone and address: {:?}",
        by_text.rows[0][0]
    );
    assert_eq!(page.rows[1][3].as_deref(), Some("1"), "net-new sites");
    assert_eq!(
        page.rows[1][2].as_deref(),
        Some("2"),
        "the changed phone makes another lead"
    );
}
