//! The file gate, through whole runs: what is refused leaves no trace, what is
//! taken is taken to the letter.

mod changing;
mod dialects;
mod folder;
mod whole_files;

use std::fmt::Write as _;

use lockgate::outcome::{FileState, Gate};

use crate::support::{Scratch, file, model};

const MANIFEST: &str = r#"
name = "town"
layers = ["base"]
as_of = "newest_file"
"#;

const PEOPLE: &str = r#"
version = "1.0.0"
summary = "Who lives here."
owner = "data@example.com"

[file]
name = ["people.csv", "people_{date}.csv"]
date = "%Y-%m-%d"

[columns]
Id = { matches = '^\d+$' }
Name = {}
Phone = { matches = '^\d{3}-\d{4}$' }
Note = { use = "optional" }
Hat = { use = "ignored" }
"#;

const STREETS: &str = r#"
version = "1.0.0"
summary = "Where they live."
owner = "data@example.com"

[file]
name = ["streets_{date}.csv"]
date = "%Y-%m-%d"

[columns]
Street = {}
"#;

fn town() -> Scratch {
    Scratch::new(&[
        ("lockgate.toml", MANIFEST),
        ("contracts/sources/people.toml", PEOPLE),
        ("contracts/sources/streets.toml", STREETS),
        (
            "models/base/base_people.sql",
            "select id, name, phone, note, hat, file_name, file_row, file_line from raw.people",
        ),
        (
            "models/base/base_streets.sql",
            "select street, file_name from raw.streets",
        ),
    ])
}

const HEADER: &str = "Id,Name,Phone,Note,Hat\n";
const GOOD: &str = "Id,Name,Phone,Note,Hat\n1,Ada,555-0101,,\n2,Bo,555-0102,tall,felt\n";

fn utf16(text: &str, order: fn(u16) -> [u8; 2], mark: bool) -> Vec<u8> {
    let mark = mark.then_some(0xfeff);
    mark.into_iter()
        .chain(text.encode_utf16())
        .flat_map(order)
        .collect()
}

/// Files that are refused: a name for the case, the file's name, its bytes.
fn refused() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    const NEW: &str = "people_2024-02-01.csv";
    let text = |case, text: &str| (case, NEW, text.as_bytes().to_vec());
    let body = |case, body: &str| (case, NEW, format!("{HEADER}{body}").into_bytes());
    let bytes = |case, bytes: &[u8]| (case, NEW, [HEADER.as_bytes(), bytes].concat());
    vec![
        (
            "UTF-16 with a mark",
            NEW,
            utf16(GOOD, u16::to_le_bytes, true),
        ),
        (
            "UTF-16, the other way round",
            NEW,
            utf16(GOOD, u16::to_be_bytes, true),
        ),
        (
            "UTF-16 without a mark",
            NEW,
            utf16(GOOD, u16::to_le_bytes, false),
        ),
        bytes("invalid UTF-8", b"1,Ada,555-0101,,\n2,Zo\xeb,555-0102,,\n"),
        bytes("half a character at the end", b"1,Ada,555-0101,,\xc3"),
        bytes("a NUL", b"1,A\0da,555-0101,,\n"),
        body(
            "a record too short",
            "1,Ada,555-0101,,\n2,Bo\n3,Cy,555-0103,,\n",
        ),
        body("a record too long", "1,Ada,555-0101,,,,\n"),
        body(
            "a quote never closed",
            "1,Ada,555-0101,,\n2,\"Bo,555-0102,,\n3,Cy,555-0103,,\n",
        ),
        body("the last line cut off", "1,Ada,555-0101,,\n2,Bo,555"),
        body("text after a closing quote", "1,\"Roe, Ada\"x,555-0101,,\n"),
        body(
            "a quote inside an unquoted cell",
            "1,Ada 5\" Roe,555-0101,,\n",
        ),
        body(
            "quotes escaped by a backslash",
            "1,\"Ada \\\"A\\\" Roe\",555-0101,,\n",
        ),
        body("a carriage return in a cell", "1,Ada\rRoe,555-0101,,\n"),
        body(
            "a count of rows below",
            "1,Ada,555-0101,,\n\n(1 rows affected)\n",
        ),
        bytes("a Ctrl-Z at the end", b"1,Ada,555-0101,,\r\n\x1a"),
        text(
            "lines above the header",
            &format!("People of May\n\n{GOOD}"),
        ),
        text("separated by tabs", &GOOD.replace(',', "\t")),
        text(
            "quoted and separated by tabs",
            "\"Id\"\t\"Name\"\t\"Phone\"\t\"Note\"\t\"Hat\"\n\"1\"\t\"Ada\"\t\"5\"\t\"\"\t\"\"\n",
        ),
        (
            "gzip",
            NEW,
            b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03K\xd4\x01\x00".to_vec(),
        ),
        (
            "a workbook",
            NEW,
            b"PK\x03\x04\x14\x00[Content_Types].xml".to_vec(),
        ),
        text(
            "a pointer of Git LFS",
            "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n",
        ),
        text("empty", ""),
        text("nothing but blank lines", "\n\r\n\n"),
        text("a header only", HEADER),
        text("a header without a line end", HEADER.trim_end()),
        text(
            "a web page",
            "<!DOCTYPE html>\n<html><body>Sign in</body></html>\n",
        ),
        text("JSON, an object", "{\"error\": \"try again later\"}\n"),
        text("JSON, a list", "[{\"Id\": 1, \"Name\": \"Ada\"}]\n"),
        text(
            "a column twice",
            "Id,Name,Phone,Note,Name\n1,Ada,555-0101,,Bo\n",
        ),
        text(
            "a column without a name",
            "Id,Name,Phone,Note, \n1,Ada,555-0101,,x\n",
        ),
        text("a column missing", "Id,Name,Note,Hat\n1,Ada,,\n"),
        text(
            "a column renamed, known by name and values",
            "Id,Name,Phone No,Note,Hat\n1,Ada,555-0101,,\n2,Bo,555-0102,,\n",
        ),
        text(
            "a column renamed, known by its values",
            &format!("Id,Name,Call,Note,Hat\n{}", "1,Ada,555-0101,,\n".repeat(40)),
        ),
        text(
            "letter case changed",
            "Id,NAME,Phone,Note,Hat\n1,Ada,555-0101,,\n",
        ),
        text(
            "two columns renamed and one twice",
            "Ident,Full Name,Phone,Hat,Hat\n1,Ada,555-0101,,\n",
        ),
        text("no header", "1,Ada,555-0101,,\n2,Bo,555-0102,tall,felt\n"),
        text(
            "every column in another letter case",
            "ID,NAME,PHONE,NOTE,HAT\n1,Ada,555-0101,,\n",
        ),
        text(
            "another delimiter",
            "Id;Name;Phone;Note;Hat\n1;Ada;555-0101;;\n",
        ),
        (
            "a known name with new bytes",
            "people_2024-01-01.csv",
            format!("{HEADER}1,Ada,555-0199,,\n").into_bytes(),
        ),
        (
            "no date in the name",
            "people.csv",
            GOOD.as_bytes().to_vec(),
        ),
        (
            "a date that is none",
            "people_soon.csv",
            GOOD.as_bytes().to_vec(),
        ),
        (
            "a day that is none",
            "people_2024-02-30.csv",
            GOOD.as_bytes().to_vec(),
        ),
    ]
}

#[test]
fn a_refused_file_leaves_no_row_and_keeps_no_other_source_out() {
    let town = town();
    town.write("data/people_2024-01-01.csv", GOOD);
    town.write("data/streets_2024-01-01.csv", "Street\nElm St\n");
    let run = town.run();
    assert!(run.models.iter().all(|model| model.gate == Gate::Open));
    let people =
        "select file_name, file_row, id, phone from raw.people order by file_name, file_row";
    let published =
        "select file_name, file_row, id, phone from base_people order by file_name, file_row";
    let good = town.query(people);
    assert_eq!(good.len(), 2);
    let stored = town.stored("raw/people", ".parquet");

    let first = chrono::NaiveDate::from_ymd_opt(2024, 1, 1).expect("a date");
    let mut told = String::new();
    for (number, (case, name, bytes)) in refused().into_iter().enumerate() {
        let date = first + chrono::Days::new(number as u64 + 1);
        let streets = format!("streets_{date}.csv");
        town.write(
            &format!("data/{streets}"),
            format!("Street\nOak St {number}\n"),
        );
        town.write(&format!("data/{name}"), bytes);
        let run = town.run();

        let refused = file(&run, name);
        assert_eq!(refused.state, FileState::Refused, "{case}");
        assert_eq!(refused.rows, None, "{case}");
        let reason = refused.reason.as_deref().expect("a reason");
        writeln!(told, "{case}:\n  {}", reason.replace('\n', "\n  ")).expect("a text");
        for warning in &refused.warnings {
            writeln!(told, "  warning: {warning}").expect("a text");
        }
        assert_eq!(town.query(people), good, "{case}");
        assert_eq!(town.stored("raw/people", ".parquet"), stored, "{case}");

        let skipped = model(&run, "base_people");
        assert_eq!(skipped.gate, Gate::Skipped, "{case}");
        let note = format!("the file {name} was refused");
        assert_eq!(skipped.note.as_deref(), Some(&*note), "{case}");
        assert_eq!(
            town.query(published),
            good,
            "{case}: the last good version stays"
        );

        assert_eq!(file(&run, &streets).state, FileState::New, "{case}");
        let other = model(&run, "base_streets");
        assert_eq!(other.gate, Gate::Open, "{case}");
        assert_eq!(other.rows, Some(number as u64 + 2), "{case}");

        match name {
            "people_2024-01-01.csv" => town.write(&format!("data/{name}"), GOOD),
            _ => town.remove(&format!("data/{name}")),
        }
    }
    insta::assert_snapshot!(told);
    assert_eq!(model(&town.run(), "base_people").gate, Gate::Open);
}

#[test]
fn a_date_given_for_the_run_dates_the_files_without_one() {
    let town = town();
    town.write("data/people.csv", GOOD);
    town.write("data/streets_2024-01-01.csv", "Street\nElm St\n");
    let run = town.run_as(|options| options.file_date = "2023-07-01".parse().ok());
    assert_eq!(file(&run, "people.csv").date, "2023-07-01".parse().ok());
    let dates = "select distinct file_name, file_date from raw.people";
    assert_eq!(town.query(dates), ["people.csv|2023-07-01"]);
    let dated = file(&run, "streets_2024-01-01.csv").date;
    assert_eq!(
        dated,
        "2024-01-01".parse().ok(),
        "a date in the name is not replaced"
    );
}

/// A file that is taken: a name for the case, its bytes, then each row as
/// `row@line|id|name|phone|note|hat`, null as `~`, and what it is warned of.
struct Taken(
    &'static str,
    &'static [u8],
    &'static [&'static str],
    &'static [&'static str],
);

const TAKEN: &[Taken] = &[
    Taken(
        "plain; empty cells are null, quoted or not",
        b"Id,Name,Phone,Note,Hat\n1,Ada,555-0101,\"\",\n2,,\"\", ,NULL\n",
        &["1@2|1|Ada|555-0101|~|~", "2@3|2|~|~| |NULL"],
        &[],
    ),
    Taken(
        "a byte order mark",
        b"\xef\xbb\xbfId,Name,Phone,Note,Hat\n1,Ada,555-0101,,\n",
        &["1@2|1|Ada|555-0101|~|~"],
        &[],
    ),
    Taken(
        "a byte order mark before a quoted header",
        b"\xef\xbb\xbf\"Id\",Name,Phone,Note,Hat\n1,Ada,555-0101,,\n",
        &["1@2|1|Ada|555-0101|~|~"],
        &[],
    ),
    Taken(
        "CRLF, also within quotes",
        b"Id,Name,Phone,Note,Hat\r\n1,Ada,555-0101,\"one\r\ntwo\",\r\n2,Bo,555-0102,,\r\n",
        &["1@2|1|Ada|555-0101|one\r\ntwo|~", "2@4|2|Bo|555-0102|~|~"],
        &[],
    ),
    Taken(
        "line breaks within quotes",
        b"Id,Name,Phone,Note,Hat\n1,Ada,555-0101,\"one\n\n three\",\n2,\"\nBo\",555-0102,,\n3,Cy,,,\n",
        &[
            "1@2|1|Ada|555-0101|one\n\n three|~",
            "2@5|2|\nBo|555-0102|~|~",
            "3@7|3|Cy|~|~|~",
        ],
        &[],
    ),
    Taken(
        "delimiters and quotes within quotes",
        b"Id,Name,Phone,Note,Hat\n1,\"Roe, Ada\",555-0101,\"she said \"\"no\"\"\",\"\"\"\"\n",
        &["1@2|1|Roe, Ada|555-0101|she said \"no\"|\""],
        &[],
    ),
    Taken(
        "blanks at the ends of cells are kept",
        "Id,Name,Phone,Note,Hat\n 1,Ada ,\t555-0101,\u{a0},' '\n".as_bytes(),
        &["1@2| 1|Ada |\t555-0101|\u{a0}|' '"],
        &[],
    ),
    Taken(
        "no line end after the last record",
        b"Id,Name,Phone,Note,Hat\n1,Ada,555-0101,,\n2,Bo,555-0102,,felt",
        &["1@2|1|Ada|555-0101|~|~", "2@3|2|Bo|555-0102|~|felt"],
        &[],
    ),
    Taken(
        "blank lines between records are lines, and no records",
        b"Id,Name,Phone,Note,Hat\n\n1,Ada,555-0101,,\n\n\n2,Bo,555-0102,,\n\n",
        &["1@3|1|Ada|555-0101|~|~", "2@6|2|Bo|555-0102|~|~"],
        &[],
    ),
    Taken(
        "an optional column missing",
        b"Id,Name,Phone,Hat\n1,Ada,555-0101,felt\n",
        &["1@2|1|Ada|555-0101|~|felt"],
        &["column `Note` is missing and loaded as null. If it was renamed, write the new name in the contract"],
    ),
    Taken(
        "an ignored column missing",
        b"Id,Name,Phone,Note\n1,Ada,555-0101,tall\n",
        &["1@2|1|Ada|555-0101|tall|~"],
        &[],
    ),
    Taken(
        "a column more",
        b"Id,Name,Age,Phone,Note,Hat\n1,Ada,36,555-0101,,\n",
        &["1@2|1|Ada|555-0101|~|~"],
        &["column `Age` is new: it is not loaded until the contract lists it. List it in the contract, in its place, with the date of this file as `since`, or with `use = \"ignored\"` if nobody needs it"],
    ),
    Taken(
        "columns in another order",
        b"Phone,Hat,Id,Note,Name\n555-0101,felt,1,tall,Ada\n",
        &["1@2|1|Ada|555-0101|tall|felt"],
        &[
            "the columns stand in another order than in the contract: `Phone`, `Note` and `Hat` have moved. Columns are found by name, so nothing is lost; put the contract in the file's order if it is to stay",
        ],
    ),
];

#[test]
fn a_file_that_is_right_is_taken_to_the_letter() {
    let town = town();
    town.write("data/streets_2024-01-01.csv", "Street\nElm St\n");
    let name = |number: usize| format!("people_2024-01-{:02}.csv", number + 1);
    for (number, Taken(_, bytes, ..)) in TAKEN.iter().enumerate() {
        town.write(&format!("data/{}", name(number)), bytes);
    }
    let run = town.run();
    for (number, Taken(case, _, rows, warnings)) in TAKEN.iter().enumerate() {
        let name = name(number);
        let taken = file(&run, &name);
        assert_eq!(taken.state, FileState::New, "{case}: {:?}", taken.reason);
        assert_eq!(taken.rows, Some(rows.len() as u64), "{case}");
        assert_eq!(taken.warnings, *warnings, "{case}");
        let found = town.query(&format!(
            "select file_row || '@' || file_line, id, name, phone, note, hat from raw.people \
             where file_name = '{name}' order by file_row"
        ));
        assert_eq!(found, *rows, "{case}");
    }
    assert_eq!(model(&run, "base_people").gate, Gate::Open);
}
