//! Whole files come in cell by cell: a large one made by dice, and a collection of hard ones.

use std::fmt::Write as _;
use std::fs;

use lockgate::outcome::FileState;

use super::{HEADER, MANIFEST, town};
use crate::support::{Dice, Scratch, file};

/// A cell, and the text of it in a file, often over several lines.
fn cell(dice: &mut Dice) -> (String, String) {
    const PIECES: [&str; 8] = ["a", "Zoë", "\n", "\r\n", ",", "\"", " ", "42"];
    let length = dice.roll(6);
    let cell: String = (0..length).map(|_| PIECES[dice.roll(8) as usize]).collect();
    let needs = cell.contains(['\n', '\r', ',', '"']);
    let written = match needs || dice.roll(4) == 0 {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.clone(),
    };
    (cell, written)
}

#[test]
fn every_record_of_a_large_file_keeps_its_cells_its_number_and_its_line() {
    const RECORDS: u64 = 30_000;
    let mut dice = Dice(7);
    let mut text = HEADER.to_owned();
    let mut line = 2;
    let mut expected = Vec::new();
    for number in 1..=RECORDS {
        if dice.roll(50) == 0 {
            text.push('\n');
            line += 1;
        }
        let ((name, name_text), (note, note_text)) = (cell(&mut dice), cell(&mut dice));
        let record = format!("{number},{name_text},555-0101,{note_text},\n");
        let cell = |text: String| (!text.is_empty()).then_some(text);
        expected.push(vec![
            Some(number.to_string()),
            Some(line.to_string()),
            Some(number.to_string()),
            cell(name),
            cell(note),
        ]);
        line += record.matches('\n').count();
        text.push_str(&record);
    }
    let town = town();
    town.write("data/people_2024-01-01.csv", text);
    let run = town.run_as(|options| options.select = vec!["base_people".to_owned()]);
    assert_eq!(file(&run, "people_2024-01-01.csv").rows, Some(RECORDS));
    for table in ["raw.people", "base_people"] {
        let sql =
            format!("select file_row, file_line, id, name, note from {table} order by file_row");
        let found = town.cells(&sql);
        assert_eq!(found.len(), expected.len(), "{table}");
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!(found, expected, "{table}");
        }
    }
}

#[test]
fn the_files_of_csv_spectrum_are_taken_whole_or_refused_with_the_reason() {
    let Some(folder) = crate::support::outside("csv_spectrum") else {
        return;
    };
    let spectrum = Scratch::new(&[("lockgate.toml", MANIFEST)]);
    let mut names: Vec<String> = fs::read_dir(folder.join("csvs"))
        .expect("the folder of CSV files")
        .map(|entry| entry.expect("an entry").path())
        .map(|path| {
            path.file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    let mut tables = Vec::new();
    for name in &names {
        let json =
            fs::read_to_string(folder.join(format!("json/{name}.json"))).expect("the values");
        let values: serde_json::Value = serde_json::from_str(&json).expect("JSON");
        let mut rows = match values {
            serde_json::Value::Array(rows) => rows,
            one => vec![one],
        };
        if name == "location_coordinates" {
            // The collection's own JSON has another phone than its CSV.
            rows[0]["Contact Phone Number"] = "2095257564".into();
        }
        let row = |row: serde_json::Value| row.as_object().expect("a record").clone();
        let rows: Vec<_> = rows.into_iter().map(row).collect();
        let headers: Vec<String> = rows[0].keys().cloned().collect();
        let mut contract = format!(
            "version = '1.0.0'\nsummary = 'A case.'\nowner = 'data@example.com'\n\
             [file]\nname = ['{name}.csv']\n[columns]\n"
        );
        for (place, header) in headers.iter().enumerate() {
            writeln!(contract, "{header:?} = {{ as = 'c{place}' }}").expect("a text");
        }
        spectrum.write(&format!("contracts/sources/{name}.toml"), contract);
        let select = format!("select * from raw.{name}");
        spectrum.write(&format!("models/base/base_{name}.sql"), select);
        let bytes = fs::read(folder.join(format!("csvs/{name}.csv"))).expect("the file");
        spectrum.write(&format!("data/{name}.csv"), bytes);
        tables.push((name, headers, rows));
    }
    let run = spectrum.run_as(|options| options.file_date = "2024-01-01".parse().ok());
    let mut refused = Vec::new();
    for (name, headers, rows) in tables {
        let taken = file(&run, &format!("{name}.csv"));
        if taken.state == FileState::Refused {
            refused.push(format!(
                "{name}: {}",
                taken.reason.as_deref().expect("a reason")
            ));
            continue;
        }
        let columns: Vec<String> = (0..headers.len())
            .map(|place| format!("c{place}"))
            .collect();
        let sql = format!(
            "select {} from base_{name} order by file_row",
            columns.join(", ")
        );
        let expected: Vec<Vec<Option<String>>> = rows
            .iter()
            .map(|row| {
                let cells = row.values().map(|value| value.as_str().expect("a text"));
                cells
                    .map(|cell| (!cell.is_empty()).then(|| cell.to_owned()))
                    .collect()
            })
            .collect();
        assert_eq!(spectrum.cells(&sql), expected, "{name}");
    }
    insta::assert_snapshot!(refused.join("\n"));
}
