//! What `profile` finds in files and tables, and that its suggestions hold.

mod counted;

use std::path::Path;

use serde_json::Value;

use crate::cli::{Answer, RUN, lockgate, starter};
use crate::shop::pin;

/// Sixty made-up orders: two keys, a name and a code for each shop, a note that is always empty.
fn orders() -> String {
    let mut text = "Order,Ticket,Shop,Code,Country,Placed,Items,Paid,Note\n".to_owned();
    for n in 0..60 {
        let (shop, code) = [("Harbour", "A10"), ("Mill", "B20"), ("Bridge", "C30")][n % 3];
        let paid = if n % 4 == 0 { "N" } else { "Y" };
        let items = if n == 7 {
            "many".to_owned()
        } else {
            (n % 9 + 1).to_string()
        };
        text.push_str(&format!(
            "{},T-{:04},{shop},{code}{n:03},US,{}/{}/24,{items},{paid},\n",
            9000 + n,
            n * 7,
            n % 12 + 1,
            n % 28 + 1,
        ));
    }
    text
}

fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

fn told(folder: &Path, target: &str) -> Value {
    let answer: Answer = lockgate(folder, &["profile", target, "--format", "json"]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    answer.json()
}

/// The columns of the keys that look like identifiers.
fn keys(profile: &Value) -> Vec<String> {
    let keys = profile["keys"].as_array().unwrap().iter();
    let keys = keys.filter(|key| key["identifier"] == true);
    keys.map(|key| {
        let columns = key["columns"].as_array().unwrap().iter();
        columns
            .map(|name| name.as_str().unwrap())
            .collect::<Vec<_>>()
            .join("+")
    })
    .collect()
}

/// The columns of the findings of a kind, each finding's joined by `+`.
fn findings(profile: &Value, kind: &str) -> Vec<String> {
    let all = profile["findings"].as_array().unwrap().iter();
    let all = all.filter(|finding| finding["kind"] == kind);
    all.map(|finding| {
        let columns = finding["columns"].as_array().unwrap().iter();
        columns
            .map(|name| name.as_str().unwrap())
            .collect::<Vec<_>>()
            .join("+")
    })
    .collect()
}

fn says(profile: &Value) -> Vec<String> {
    let all = profile["dependencies"].as_array().unwrap().iter();
    all.map(|one| one["says"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_file_is_told_outside_of_a_project_with_its_suggestions() {
    let folder = folder(&[("orders_2024-01-01.csv", orders().as_bytes())]);
    let answer = lockgate(folder.path(), &["profile", "orders_2024-01-01.csv"]);
    pin("profile", [("profile of a file", answer.whole())]);
}

#[test]
fn a_published_table_is_told_and_values_are_left_out_where_samples_are_off() {
    let table = lockgate(RUN.path(), &["profile", "stg_contacts"]);
    let hidden = starter();
    let manifest = hidden.path().join("lockgate.toml");
    let text = std::fs::read_to_string(&manifest).unwrap();
    std::fs::write(&manifest, text.replace("samples = 5", "samples = 0")).unwrap();
    std::fs::write(hidden.path().join("orders.csv"), orders()).unwrap();
    let answer = lockgate(hidden.path(), &["profile", "orders.csv"]);
    std::fs::write(hidden.path().join("ragged.csv"), "a,b\n1,2\nsecret\n4,5\n").unwrap();
    let ragged = lockgate(hidden.path(), &["profile", "ragged.csv"]);
    assert!(!ragged.err.contains("secret"), "{}", ragged.err);
    assert!(
        !["T-0007", "9001", "line 9 many"]
            .iter()
            .any(|value| answer.out.contains(value)),
        "{}",
        answer.out
    );
    pin(
        "profile",
        [
            ("profile of a model", table.whole()),
            ("profile without samples", answer.whole()),
        ],
    );
}

#[test]
fn what_is_suggested_loads_and_passes_on_the_same_file() {
    let folder = starter();
    let path = folder.path();
    std::fs::write(path.join("data/orders_2024-01-01.csv"), orders()).unwrap();
    let written = lockgate(
        path,
        &["profile", "data/orders_2024-01-01.csv", "--write", "-q"],
    );
    assert_eq!(written.code, 0, "{}", written.err);
    // Only a source that a model reads comes in.
    let model = "written: models/base/base_orders.sql\nnext: lockgate run\n";
    assert!(written.err.ends_with(model), "{}", written.err);
    let check = lockgate(path, &["check"]);
    assert_eq!(check.code, 0, "{}", check.err);
    let run = lockgate(path, &["run", "--fail-on", "warn"]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    let sql = "select count(*) as n from raw.orders";
    assert_eq!(
        lockgate(path, &["query", sql, "--format", "csv"]).out,
        "n\n60\n"
    );

    // A model's own contract and expectations, written anew from its table.
    let model = lockgate(
        path,
        &["profile", "stg_contacts", "--write", "--force", "-q"],
    );
    assert_eq!(model.code, 0, "{}", model.err);
    let run = lockgate(path, &["run", "--fail-on", "warn"]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    let again = lockgate(path, &["profile", "data/orders_2024-01-01.csv", "--write"]);
    assert!(!again.err.contains("next:"), "a model reads it now");
    pin(
        "profile",
        [("profile over files that are there", again.whole())],
    );
}

#[test]
fn a_broken_file_of_the_project_stops_no_profile_of_a_file_and_no_model_is_written_over() {
    let folder = starter();
    let path = folder.path();
    let file = "order lines 2024-01-01.csv";
    std::fs::write(path.join("data").join(file), "2nd,Group\n1,a\n2,b\n").unwrap();
    let args = ["profile", &format!("data/{file}"), "--write", "-q"];
    let model = path.join("models/base/base_order_lines.sql");
    let broken = [
        // As a shell makes the file that an answer is to go into.
        ("models/base/base_order_lines.sql", ""),
        ("contracts/staging/stg_contacts.toml", "version = \n"),
    ];
    for (name, text) in broken {
        std::fs::write(path.join(name), text).unwrap();
    }
    let begun = lockgate(path, &args);
    let check = lockgate(path, &["check"]);
    let table = lockgate(path, &["profile", "stg_contacts"]);
    assert_eq!(table.err, check.err, "a table is one of a sound project");
    let forced = lockgate(path, &[&args[..], &["--force"]].concat());
    assert_eq!((forced.code, &forced.err), (0, &begun.err));
    assert_eq!(std::fs::read_to_string(&model).unwrap(), "");
    pin(
        "profile",
        [
            ("profile beside broken files", begun.whole()),
            ("check of what profile passed over", check.whole()),
        ],
    );

    std::fs::remove_file(path.join(broken[1].0)).unwrap();
    std::fs::write(&model, "select 1 as one\n").unwrap();
    let other = lockgate(path, &[&args[..], &["--force"]].concat());
    let name = "written: models/base/base_order_lines_2.sql\n";
    assert!(other.err.contains(name), "{}", other.err);
    assert_eq!(
        std::fs::read_to_string(&model).unwrap(),
        "select 1 as one\n"
    );
    let run = lockgate(path, &["run"]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
}

#[test]
fn what_is_next_for_a_file_elsewhere_and_without_a_date_is_to_put_it_in_and_to_date_it() {
    let folder = starter();
    let path = folder.path();
    // A name that SQL takes for a number, and columns that it takes for words of its own.
    std::fs::write(path.join("24_lines.csv"), "Select,From\n1,a\n2,b\n").unwrap();
    let written = lockgate(path, &["profile", "24_lines.csv", "--write", "-q"]);
    let next = "next: put the file into data/, then: lockgate run --file-date YYYY-MM-DD\n";
    assert!(written.err.ends_with(next), "{}", written.err);
    std::fs::rename(path.join("24_lines.csv"), path.join("data/24_lines.csv")).unwrap();
    let run = lockgate(path, &["run", "--file-date", "2024-01-01"]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert!(run.out.contains("base_24_lines"), "{}", run.out);
}

#[test]
fn what_is_suggested_of_numbers_and_days_is_their_range() {
    let folder = starter();
    let path = folder.path();
    let sql = "select f.file_name, cast(n.value as bigint) as n, cast(n.value % 7 + 1 as bigint) as grade, \
        cast(n.value as double) / 4 as share, date '2024-01-01' as day \
        from (select min(file_name) as file_name from base_contacts) as f cross join generate_series(1, 40) as n(value)\n";
    std::fs::write(path.join("models/staging/stg_grades.sql"), sql).unwrap();
    let run = lockgate(path, &["run"]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    let answer = lockgate(path, &["profile", "stg_grades", "--write"]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    let written = std::fs::read_to_string(path.join("expectations/staging/stg_grades.toml"));
    insta::assert_snapshot!(written.unwrap());
    let run = lockgate(path, &["run", "--fail-on", "warn"]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
}

#[test]
fn a_word_in_the_column_next_to_its_own_is_told() {
    let mut text = "Town,State,Note\n".to_owned();
    for n in 0..200 {
        let state = ["Nevada", "Texas", "Oklahoma"][n % 3];
        let town = if n == 50 {
            "Texas".to_owned()
        } else {
            format!("Town {}", n % 30)
        };
        let note = if n == 60 { "Nevada" } else { "" };
        text.push_str(&format!("{town},{state},{note}\n"));
    }
    let folder = folder(&[("towns.csv", text.as_bytes())]);
    let profile = told(folder.path(), "towns.csv");
    assert_eq!(findings(&profile, "misplaced"), ["Town+State"]);
    let says = "1 row in `Town` holds what belongs to `State`: `Texas`";
    let found = &profile["findings"].as_array().unwrap()[0];
    assert_eq!(found["says"], says);
    assert_eq!(found["breaking"][0]["line"], 52);
}

#[test]
fn what_cannot_be_profiled_says_why() {
    let folder = folder(&[
        ("orders.csv", orders().as_bytes()),
        ("empty.csv", b""),
        ("header.csv", b"a,b\n"),
        ("ragged.csv", b"a,b\n1,2\n3\n4,5\n"),
        ("latin.csv", b"a,b\ncaf\xe9,1\n"),
        ("wide.csv", b"a\0,\0b\0\n\0"),
    ]);
    let ask = |name: &str| lockgate(folder.path(), &["profile", name]).whole();
    let unknown = lockgate(RUN.path(), &["profile", "stg_contact"]);
    let never = lockgate(starter().path(), &["profile", "stg_contacts"]);
    let outside = lockgate(folder.path(), &["profile", "orders.csv", "--write", "-q"]);
    let raw = lockgate(RUN.path(), &["profile", "raw.contacts", "--write", "-q"]);
    pin(
        "profile",
        [
            ("profile of a file that is not there", ask("order.csv")),
            ("profile of an empty file", ask("empty.csv")),
            ("profile of a header only", ask("header.csv")),
            ("profile of a ragged file", ask("ragged.csv")),
            ("profile of a file that is not UTF-8", ask("latin.csv")),
            ("profile of UTF-16", ask("wide.csv")),
            ("profile of an unknown model", unknown.whole()),
            ("profile of a model that was never published", never.whole()),
            ("profile written outside of a project", outside.whole()),
            ("profile with nothing to write", raw.whole()),
        ],
    );
}

#[test]
fn values_that_are_damaged_strayed_or_for_nothing_are_told_with_their_lines() {
    let mut text = "Name,Email,Phone,Grade,Twin,Weekdays,Weekend\n".to_owned();
    for n in 0..40 {
        let name = if n == 3 {
            "CAF\u{e9}S".to_owned()
        } else {
            format!("Shop {n}")
        };
        let phone = match n {
            5 => "five@shop.example".to_owned(),
            6 => "N/A".to_owned(),
            _ => format!("212-301-{:04}", n / 2 * 2),
        };
        let grade = ["Good", "good ", "Bad", ""][n % 4];
        let grade = if n == 38 { "  " } else { grade };
        let flag = if n % 3 == 0 { "" } else { "Weekdays" };
        let late = if n % 2 == 0 { "Weekdays" } else { "" };
        let twin = if grade.is_empty() { "" } else { grade };
        text.push_str(&format!(
            "{name},n{n}@shop.example,{phone},{grade},{twin},{flag},{late}\n"
        ));
    }
    let folder = folder(&[("shops.csv", text.as_bytes())]);
    let answer = lockgate(folder.path(), &["profile", "shops.csv", "-q"]);
    pin(
        "profile",
        [("profile of a file with faults", answer.whole())],
    );
}

#[test]
fn a_delimiter_is_told_from_the_records() {
    for (delimiter, word) in [(";", "semicolon"), ("\t", "tab"), ("|", "|")] {
        let text = orders().replace(',', delimiter);
        let folder = folder(&[("orders.csv", text.as_bytes())]);
        let profile = told(folder.path(), "orders.csv");
        assert_eq!(profile["read"], format!("UTF-8, {word}, 9 columns"));
        assert_eq!(keys(&profile), ["Order", "Ticket", "Code"]);
    }
}

#[test]
fn the_real_files_tell_their_keys_their_codes_and_their_idle_columns() {
    let Some(real) = crate::support::outside("leads") else {
        return;
    };
    let [s1, s2, s3, sf] = ["source1", "source2", "source3", "salesforce_leads"]
        .map(|name| told(&real, &format!("{name}.csv")));
    assert_eq!(keys(&s1), ["Credential Number"]);
    assert_eq!(keys(&s2), ["Type License"]);
    assert_eq!(keys(&s3), ["Operation", "Facility ID"]);
    let code = "`K820` comes exactly with `FAMILY` in `Type License` (25 rows)";
    assert!(
        says(&s2).iter().any(|says| says == code),
        "the code of family homes"
    );
    assert_eq!(
        findings(&s1, "constant"),
        ["Status", "Disciplinary Action", "State"]
    );
    assert_eq!(findings(&s2, "constant"), ["Daytime Hours", "State"]);
    assert_eq!(findings(&s2, "empty"), ["Address2"]);
    assert_eq!(findings(&s3, "constant"), ["State"]);
    assert_eq!(
        findings(&s3, "empty"),
        ["Agency Number+Monitoring Frequency"]
    );
    assert_eq!(findings(&sf, "constant"), ["is_converted"]);
    assert_eq!(
        findings(&sf, "empty"),
        ["last_viewed_date+last_referenced_date+email_bounced_reason+email_bounced_date"]
    );
    assert_eq!(
        findings(&s2, "foreign"),
        [
            "School Year Only+Accepts Subsidy+Year Round+Daytime Hours",
            "Evening Hours+Daytime Hours+AA3"
        ]
    );
    let almost = |profile: &Value| -> Vec<String> {
        let all = profile["almost_keys"].as_array().unwrap().iter();
        all.map(|key| key["columns"][0].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(almost(&s1), ["Phone", "Primary Contact Name"]);
    assert_eq!(almost(&s2), ["Phone", "Email"]);
}
