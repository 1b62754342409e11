//! What `profile` finds in files and tables, and that its suggestions hold.

use std::path::Path;

use serde_json::Value;

use crate::cli::{Answer, RUN, lockgate, root, starter};
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
fn a_file_of_many_rows_is_told_from_a_sample_and_its_keys_from_all_rows() {
    let mut text = "id,pair,half\n".to_owned();
    for n in 0..3000 {
        // `pair` repeats once, in rows that no sample holds both of.
        text.push_str(&format!(
            "{},P{:05},{}\n",
            70_000 + n,
            if n == 2999 { 1 } else { n },
            n / 2
        ));
    }
    let folder = folder(&[("many.csv", text.as_bytes())]);
    let args = ["profile", "many.csv", "--sample", "100", "--format", "json"];
    let profile = lockgate(folder.path(), &args).json();
    assert_eq!(keys(&profile), ["id"], "{profile}");
    assert!(profile["sampled"].as_u64().unwrap() <= 100);
    assert_eq!(profile["rows"], 3000);
}

#[test]
fn a_key_but_for_two_rows_that_the_sample_lacks_is_told_with_those_rows() {
    let mut text = "Id,Group\n".to_owned();
    for row in 0..6_000 {
        let id = if row == 4_001 { 4_000 } else { row };
        text.push_str(&format!("K{id:05},{}\n", row % 7));
    }
    let folder = folder(&[("big.csv", text.as_bytes())]);
    let args = ["profile", "big.csv", "--sample", "1000", "--format", "json"];
    let profile = lockgate(folder.path(), &args).json();
    assert!(profile["sampled"].as_u64().unwrap() <= 1000);
    let almost = &profile["almost_keys"];
    assert_eq!(almost[0]["columns"][0], "Id", "{almost}");
    assert_eq!(
        (&almost[0]["repeats"], &almost[0]["of"]),
        (&1.into(), &6_000.into())
    );
    assert_eq!(
        almost[0]["breaking"].as_array().unwrap().len(),
        2,
        "{almost}"
    );
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

/// Four thousand rows in which a few break what all others keep, most of them in no sample.
fn visits() -> String {
    let mut text = "Visit,Town,County,Room,Day,Price,Kind,Code,Code Again,Ward,Wing\n".to_owned();
    for n in 0..4000 {
        let (town, room, day) = (n * 7 % 40, n * 11 % 13, n * 3 % 7);
        let county = if n == 2001 || n == 3003 { 99 } else { town / 4 };
        let price = if n == 1111 {
            1
        } else {
            100 + (room * 37 + day * 101) % 17
        };
        let (kind, code) = [("Call", "K1"), ("Visit", "K2"), ("Letter", "K3")][n % 3];
        let kind = if n == 777 { "Visit" } else { kind };
        let ward = n % 9;
        let wing = if ward == 4 && n != 1813 {
            "North"
        } else {
            ["South", "East"][n % 5 % 2]
        };
        let again = if n == 555 { "K9" } else { code };
        text.push_str(&format!(
            "V{n:05},Town {town},County {county},Room {room},Day {day},{price},{kind},{code},{again},W{ward},{wing}\n"
        ));
    }
    text
}

#[test]
fn dependencies_that_a_sample_suggests_are_counted_over_all_rows() {
    let text = visits();
    let folder = folder(&[("visits.csv", text.as_bytes())]);
    let ask = |more: &[&str]| {
        let answer = lockgate(
            folder.path(),
            &[&["profile", "visits.csv", "-q"], more].concat(),
        );
        let from = answer.out.find("Keys").unwrap_or_default();
        answer.out[from..].to_owned()
    };
    let sampled = ask(&["--sample", "1000"]);
    pin(
        "profile",
        [
            ("profile of all rows by a sample", sampled),
            ("profile of all rows", ask(&[])),
        ],
    );
}

#[test]
fn two_columns_that_tell_a_third_but_in_the_first_rows_are_told() {
    let mut text = "Room,Day,Price\n".to_owned();
    for n in 0..20_000 {
        let (room, day) = (n % 12, n % 13);
        let price = if n < 100 {
            900 + n % 2
        } else {
            100 + (room * 37 + day * 101) % 17
        };
        text.push_str(&format!("Room {room},Day {day},{price}\n"));
    }
    let folder = folder(&[("rooms.csv", text.as_bytes())]);
    let profile = told(folder.path(), "rooms.csv");
    let expected = "`Room` and `Day` together tell `Price` in all but 100 of 20,000 rows";
    assert!(says(&profile).contains(&expected.to_owned()), "{profile}");
}

#[test]
fn a_table_is_told_the_same_whatever_the_order_its_rows_come_in() {
    let folder = starter();
    let path = folder.path();
    let profile = |name: &str, order: &str| {
        // Two phones stray, each at home in another column.
        let sql = format!(
            "select n.value as id, 'n' || n.value || '@shop.example' as email, \
             'https://shop.example/' || n.value as site, case n.value when 3 then 'three@shop.example' \
             when 30 then 'https://shop.example/30' else '212-301-' || cast(1000 + n.value as text) end as phone \
             from generate_series(1, 60) as n(value) cross join (select min(id) as id from base_contacts) as one \
             order by n.value {order}\n"
        );
        std::fs::write(path.join(format!("models/staging/{name}.sql")), sql).unwrap();
        let run = lockgate(path, &["run"]);
        assert_eq!(run.code, 0, "{}{}", run.out, run.err);
        let told = lockgate(path, &["profile", name, "--format", "json"]);
        assert_eq!(told.code, 0, "{}", told.err);
        told.out.replace(name, "stg")
    };
    assert_eq!(profile("stg_rising", "asc"), profile("stg_falling", "desc"));
}

/// Long values that hardly ever repeat: to group them takes more than the bound that is set.
#[test]
fn what_does_not_fit_into_memory_is_counted_on_disk_and_told_the_same() {
    let mut text = "Id,One,Two,Three\n".to_owned();
    let long = "x".repeat(250);
    for n in 0..40_000 {
        let twice = if n == 20_000 { n - 1 } else { n };
        text.push_str(&format!(
            "K{n:06},{long} a{twice:06},{long} b{twice:06},{long} c{twice:06}\n"
        ));
    }
    let folder = folder(&[("long.csv", text.as_bytes())]);
    let ask = |bound: &[&str], disk: &str| {
        let args = ["profile", "long.csv", "--sample", "1000", "-q"];
        let args = [&args[..], bound].concat();
        crate::cli::with_environment(folder.path(), &args, &[("TMPDIR", disk)])
    };
    let temporary = std::env::temp_dir();
    let (disk, none) = (temporary.to_str().unwrap(), "/nowhere/at/all");
    // Without a bound no disk is needed; with one there is no answer without a disk.
    let free = ask(&[], none);
    assert_eq!(free.code, 0, "{}", free.err);
    let bound = ask(&["--memory", "64MiB"], disk);
    assert_eq!((bound.code, bound.out), (0, free.out), "{}", bound.err);
    let refused = ask(&["--memory", "64MiB"], none);
    assert_eq!(refused.code, 3, "{}", refused.out);
    assert!(
        refused.err.contains("counting dependencies"),
        "{}",
        refused.err
    );
}

/// A file told by a sample of its rows, and by all of them.
fn both(folder: &Path, target: &str) -> [Value; 2] {
    let args = ["profile", target, "--format", "json"];
    let sampled = lockgate(folder, &[&args[..], &["--sample", "1000"]].concat()).json();
    assert!(sampled["sampled"].as_u64() < sampled["rows"].as_u64());
    [sampled, told(folder, target)]
}

#[test]
fn columns_that_are_the_same_but_for_a_few_rows_are_told_with_those_rows() {
    let mut text = "Visit,Site,Place,Home,Late,Rare\n".to_owned();
    for n in 0..6_000 {
        let site = format!("Site {}", n * 7 % 40);
        let off = |rows: &[i32]| match rows.contains(&n) {
            true => "Elsewhere".to_owned(),
            false => site.clone(),
        };
        let late = if n % 200 == 3 { "Y" } else { "N" };
        let rare = if n % 300 == 7 { "Y" } else { "N" };
        let (place, home) = (off(&[1001, 3003]), off(&[3003, 5005]));
        text.push_str(&format!("V{n:05},{site},{place},{home},{late},{rare}\n"));
    }
    let folder = folder(&[("sites.csv", text.as_bytes())]);
    for profile in both(folder.path(), "sites.csv") {
        let found = profile["findings"].as_array().unwrap().iter();
        let found: Vec<&Value> = found.filter(|one| one["kind"] == "same").collect();
        assert_eq!(found.len(), 1, "two flags agree by chance: {profile}");
        let expected = "`Site`, `Place` and `Home` hold the same value in all but 3 of 6,000 rows";
        assert_eq!(found[0]["says"], expected);
        let rows = found[0]["breaking"].as_array().unwrap().iter();
        let rows: Vec<_> = rows
            .map(|row| (row["line"].as_u64(), row["value"].as_str()))
            .collect();
        let row = |line, value| (Some(line), Some(value));
        let odd = [
            row(1003, "Elsewhere"),
            row(3005, "Site 21"),
            row(5007, "Elsewhere"),
        ];
        assert_eq!(rows, odd);
    }
}

#[test]
fn what_is_left_out_is_counted() {
    let mut text = "Id,A,B,C,D,E,F,G,H\n".to_owned();
    for n in 0..3_000 {
        text.push_str(&format!("Z{n:05}"));
        for column in 0..8 {
            let value = if n == 100 * (column + 1) { n - 1 } else { n };
            text.push_str(&format!(",K{value:05}"));
        }
        text.push('\n');
    }
    let folder = folder(&[("many.csv", text.as_bytes())]);
    for profile in both(folder.path(), "many.csv") {
        let told = profile["almost_keys"].as_array().unwrap();
        assert_eq!(
            (told.len(), &profile["more_almost_keys"]),
            (6, &2.into()),
            "{profile}"
        );
    }
    let answer = lockgate(folder.path(), &["profile", "many.csv", "-q"]);
    let more = "and 2 more columns are unique but for a few rows\n";
    assert!(answer.out.contains(more), "{}", answer.out);
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
    let real = root().join("../shared/data/leads");
    if !real.is_dir() {
        return;
    }
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
