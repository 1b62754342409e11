//! What `profile` says of all rows, whichever of them it looked at first.

use std::path::Path;

use serde_json::Value;

use crate::cli::{lockgate, starter};
use crate::shop::pin;

use super::{folder, keys, says, told};

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
fn what_a_column_tells_without_a_break_is_one_sentence() {
    let mut text = "Shop,Town,County,Note\n".to_owned();
    for n in 0..400 {
        let shop = n * 7 % 40;
        let note = if n == 9 { 77 } else { shop / 2 };
        text.push_str(&format!(
            "Shop {shop},Town {},County {},N{note}\n",
            shop * 3 % 11,
            shop * 5 % 7
        ));
    }
    let folder = folder(&[("shops.csv", text.as_bytes())]);
    let answer = lockgate(folder.path(), &["profile", "shops.csv", "-q"]);
    let one = "`Shop` tells `Town` and `County` in all 400 rows\n";
    let other = "`Shop` tells `Note` in all but 1 of 400 rows\n";
    assert!(answer.out.contains(one), "{}", answer.out);
    assert!(answer.out.contains(other), "{}", answer.out);
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
