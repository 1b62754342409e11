//! What `diff` holds under a bound on memory: the parts themselves, and the process's peak.

use std::sync::LazyLock;

use lockgate::engine::{Engine, Part, spread};

use crate::support::{Scratch, wait};

use super::{ASKED, Asked, counts, diff_of, many_twice, model};

const MEMORY: usize = 16 * 1024 * 1024;

/// A part may take a quarter of it: parts are never quite even.
const MOST: usize = MEMORY / 4;

/// The parts of both sides of a query, which is said to have so many rows.
fn parts(query: &str, rows: u64) -> Option<Vec<[Part; 2]>> {
    let query = query.to_owned();
    wait(async move {
        let engine = Engine::new(Some(MEMORY)).unwrap();
        let queries = [(query.as_str(), rows); 2];
        spread(&engine, queries, 1).await.unwrap()
    })
}

fn bytes(pair: &[Part; 2]) -> usize {
    pair.iter().map(Part::bytes).sum()
}

#[test]
fn rows_are_spread_where_they_do_not_fit_into_the_share_of_a_part() {
    let wide = "SELECT lpad(cast(value as varchar), 200, '0') FROM generate_series(1, 40000)";
    let found = parts(wide, 40_000).unwrap();
    assert!(found.len() > 3, "{found:?}");
    assert!(found.iter().all(|pair| bytes(pair) <= MOST), "{found:?}");
    let narrow = "SELECT value FROM generate_series(1, 40000)";
    assert!(parts(narrow, 40_000).is_none());
}

#[test]
fn a_part_that_does_not_fit_is_cut_again_and_rows_that_agree_stay_together() {
    // The rows at the front are narrow: the first cut takes the table for a small one.
    let late = "SELECT arrow_cast(lpad(cast(value as varchar), CASE WHEN value > 9000 THEN 2000 ELSE 60 END, '0'), \
                'Dictionary(Int32, Utf8)') FROM generate_series(1, 30000)";
    let found = parts(late, 30_000).unwrap();
    let all: usize = found.iter().map(bytes).sum();
    assert!(all > 80_000_000 && found.len() > all / MOST, "{found:?}");
    assert!(found.iter().all(|pair| bytes(pair) <= MOST), "{found:?}");
    let one =
        "SELECT 1 AS one, lpad(cast(value as varchar), 500, '0') FROM generate_series(1, 40000)";
    let found = parts(one, 40_000).unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn what_does_not_fit_into_memory_is_compared_part_by_part() {
    let scratch = many_twice();
    for (key, found) in [
        ("key = [\"id\"]\n", [40_000, 39_995, 5, 10, 40]),
        ("", [40_000, 39_995, 45, 50, 0]),
        // It repeats: the parts are those of whole rows.
        ("key = [\"amount\"]\n", [40_000, 39_995, 45, 50, 0]),
    ] {
        let contract = crate::shop::SOUND[3].1.replace("key = [\"id\"]\n", key);
        scratch.write("contracts/base/base_orders.toml", contract);
        let memory = Some(MEMORY);
        let parted = diff_of(&scratch, Asked { memory, ..ASKED });
        assert_eq!(counts(model(&parted, "base_orders")), found, "{key}");
        assert_eq!(parted, diff_of(&scratch, ASKED), "{key}");
    }
}

/// Megabytes that a command of the binary held at most.
#[cfg(target_os = "linux")]
fn peak(scratch: &Scratch, args: &[&str]) -> u64 {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_lockgate"));
    command.current_dir(scratch.path("")).args(args);
    command.args(["--memory", "32MiB"]);
    command.stdout(std::process::Stdio::null());
    let mut child = command.spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    let code = loop {
        let status = std::fs::read_to_string(&status).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        peak = peak.max(kilobytes.unwrap_or(0) / 1024);
        if let Some(code) = child.try_wait().unwrap() {
            break code;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    };
    assert!(code.success(), "{args:?}");
    peak
}

/// Two runs of a table whose rows are wide, every one changed.
static WIDE: LazyLock<Scratch> = LazyLock::new(|| {
    let scratch = Scratch::new(&[
        ("lockgate.toml", "name = \"wide\"\nlayers = [\"base\"]\n"),
        (
            "contracts/base/wide.toml",
            "version = \"1.0.0\"\nsummary = \"Wide rows.\"\nowner = \"data@example.com\"\nkey = [\"id\"]\n\n\
             [columns]\nid = { type = \"text\" }\nline = { type = \"text\" }\n",
        ),
    ]);
    for add in [0, 1] {
        let model = format!(
            "select md5(cast(value as varchar)) as id,\n    \
             repeat(md5(cast(value + {add} as varchar)), 125) as line\n\
             from generate_series(1, 30000)\n"
        );
        scratch.write("models/base/wide.sql", model);
        scratch.run();
    }
    scratch
});

#[cfg(target_os = "linux")]
#[test]
fn wide_rows_take_little_more_than_a_scan_and_the_bound() {
    let scan = peak(&WIDE, &["query", "select max(length(line)) from wide"]);
    let diff = peak(&WIDE, &["diff", "previous"]);
    // As much again: what was freed, the allocator may keep.
    assert!(diff <= scan + 2 * 32, "{diff} MB, a scan {scan} MB");
}

#[cfg(unix)]
#[test]
fn rows_that_cannot_be_written_to_the_disk_are_told() {
    let args = ["diff", "previous", "--memory", "32MiB"];
    let nowhere = [("TMPDIR", "/dev/null")];
    let answer = crate::cli::with_environment(&WIDE.path(""), &args, &nowhere);
    let name = regex::Regex::new(r"\.tmp\w+").unwrap();
    let told = name.replace_all(&answer.whole(), ".tmp").into_owned();
    crate::shop::pin("diff", [("a disk that takes no rows", told)]);
}
