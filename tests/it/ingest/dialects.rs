//! What a contract declares of its files' form is how they are read.

use lockgate::outcome::FileState;

use super::{MANIFEST, PEOPLE};
use crate::support::{Scratch, file};

fn people(declared: &str) -> Scratch {
    let contract = PEOPLE.replace("date = ", &format!("{declared}\ndate = "));
    Scratch::new(&[
        ("lockgate.toml", MANIFEST),
        ("contracts/sources/people.toml", &contract),
        (
            "models/base/base_people.sql",
            "select id, name, note from raw.people",
        ),
    ])
}

const NAME: &str = "people_2024-01-01.csv";

#[test]
fn an_escape_and_quotes_as_text_are_read_as_the_contract_declares() {
    let cases = [
        (
            r#"escape = "\\""#,
            "1,\"Ada \\\"A\\\" Roe\",555-0101,\"C:\\new\",\n",
            "1|Ada \"A\" Roe|C:\\new",
        ),
        (
            "quote = false",
            "1,Ada 5\" Roe,555-0101,\"x\",\n",
            "1|Ada 5\" Roe|\"x\"",
        ),
        (
            "quote = \"'\"",
            "1,'Roe, Ada',555-0101,5\",\n",
            "1|Roe, Ada|5\"",
        ),
    ];
    for (declared, record, row) in cases {
        let people = people(declared);
        people.write(
            &format!("data/{NAME}"),
            format!("Id,Name,Phone,Note,Hat\n{record}"),
        );
        let run = people.run();
        let taken = file(&run, NAME);
        assert_eq!(
            taken.state,
            FileState::New,
            "{declared}: {:?}",
            taken.reason
        );
        assert_eq!(
            people.query("select id, name, note from base_people"),
            [row]
        );
    }
}

#[test]
fn a_limit_of_the_contract_or_of_the_memory_refuses_a_file_that_is_larger() {
    let long = "x".repeat(9_000_000);
    let text = format!("Id,Name,Phone,Note,Hat\n1,Ada,555-0101,{long},\n");
    let reason = |declared: &str, memory: Option<usize>| {
        let people = people(declared);
        people.write(&format!("data/{NAME}"), &text);
        let run = people.run_as(|options| options.memory = memory);
        file(&run, NAME).reason.clone()
    };
    assert_eq!(
        reason("", None).as_deref(),
        Some(
            "a cell that begins in line 2 has more than 8388608 bytes. If the file is right, \
             raise `max_cell_bytes` under [file] in the contract: it is 8388608 now"
        )
    );
    assert_eq!(reason("max_cell_bytes = 10_000_000", None), None);
    assert_eq!(
        reason("max_cell_bytes = 10_000_000", Some(64 << 20)).as_deref(),
        Some(
            "the record of line 2 has more than 8388608 bytes. Give the run more memory, \
             for example `--memory 4GiB`; a record may take an eighth of it"
        )
    );
    assert_eq!(
        reason("max_cells = 3", None).as_deref(),
        Some(
            "the record of line 1 has more than 3 cells. If the file is right, \
             raise `max_cells` under [file] in the contract: it is 3 now"
        )
    );
}

#[test]
fn an_expectation_about_the_identity_of_a_file_is_answered() {
    let people = people("");
    people.write(
        "expectations/sources/people.toml",
        "[[expect]]\nkind = 'holds'\nid = 'hashed'\nsql = 'length(file_sha256) = 64'\n\
         [[expect]]\nkind = 'unique'\ncolumns = ['file_sha256', 'id']\n",
    );
    people.write(&format!("data/{NAME}"), super::GOOD);
    let run = people.run();
    let taken = file(&run, NAME);
    assert_eq!(taken.state, FileState::New, "{:?}", taken.reason);
    assert!(
        taken
            .outcomes
            .iter()
            .all(|outcome| outcome.verdict == lockgate::outcome::Verdict::Pass)
    );
}
