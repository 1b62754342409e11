//! Files that change while a run reads them: whatever comes in has the identity of its own bytes.
//!
//! The long form: `LOCKGATE_CHANGING=300 cargo test --test it -- ingest::changing --nocapture`.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use lockgate::intake::identity;
use lockgate::outcome::{FileState, Run};
use lockgate::run::{Clock, Event};

use super::MANIFEST;
use crate::support::{Dice, Scratch, wait};

const CONTRACT: &str = "version = '1.0.0'\nsummary = 'Rows.'\nowner = 'data@example.com'\n\
    [file]\nname = ['rows_{date}.csv']\ndate = '%Y-%m-%d'\n[columns]\nId = {}\nText = {}\n";

fn name(number: usize) -> String {
    let first = chrono::NaiveDate::from_ymd_opt(2024, 1, 1).expect("a date");
    format!("rows_{}.csv", first + chrono::Days::new(number as u64))
}

/// Rows of one letter: a file that holds two is a mixture.
fn text(letter: char, rows: usize) -> String {
    let mut text = "Id,Text\n".to_owned();
    for row in 0..rows {
        text.push_str(&format!("{row},{}\n", letter.to_string().repeat(20)));
    }
    text
}

/// Renames, overwrites, lets grow or cuts a file.
fn change(path: &Path, dice: &mut Dice, letter: char) {
    let done = match dice.roll(4) {
        0 => fs::write(path, text(letter, 4000)),
        1 => {
            let other = path.with_extension("new");
            fs::write(&other, text(letter, 4000)).and_then(|()| fs::rename(other, path))
        }
        2 => fs::OpenOptions::new()
            .append(true)
            .open(path)
            .and_then(|mut file| file.write_all(&text(letter, 500).as_bytes()[8..])),
        _ => fs::OpenOptions::new()
            .write(true)
            .open(path)
            .and_then(|file| file.set_len(8 + 23 * 9)),
    };
    done.expect("a file is changed");
}

/// A run that tells which file it begins to read; every fifth is kept back, and left alone.
fn run(scratch: &Scratch, reading: Arc<Mutex<Option<String>>>) -> Run {
    let (project, options) = (scratch.project(), scratch.options());
    let files = AtomicUsize::new(0);
    wait(async move {
        let clock = Clock {
            run_id: "run".to_owned(),
            now: &chrono::Utc::now,
        };
        let progress = |event: Event<'_>| {
            if let Event::Reads { file } = event
                && !files.fetch_add(1, Ordering::Relaxed).is_multiple_of(5)
            {
                *reading.lock().expect("a name") = Some(file.to_owned());
            }
        };
        let run = lockgate::run::run(&project, &options, &clock, &progress).await;
        run.expect("the run comes to an end")
    })
}

fn changed_meanwhile(run: &Run) -> usize {
    let changed = |reason: &&str| reason.starts_with("the file changed while it was read: ");
    let reasons = run.files.iter().filter_map(|file| file.reason.as_deref());
    reasons.filter(changed).count()
}

#[test]
fn what_comes_in_of_files_that_change_while_they_are_read_is_what_was_hashed() {
    let files: usize = std::env::var("LOCKGATE_CHANGING")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(12);
    let scratch = Scratch::new(&[
        ("lockgate.toml", MANIFEST),
        ("contracts/sources/rows.toml", CONTRACT),
        (
            "models/base/base_rows.sql",
            "select id, text, file_name from raw.rows",
        ),
    ]);
    for number in 0..files {
        scratch.write(&format!("data/{}", name(number)), text('a', 4000));
    }
    let reading = Arc::new(Mutex::new(None));
    let done = AtomicBool::new(false);
    let run = thread::scope(|scope| {
        let (done, data, read) = (&done, scratch.data(), reading.clone());
        scope.spawn(move || {
            let mut dice = Dice(11);
            let mut letters = ('b'..='z').cycle();
            while !done.load(Ordering::Relaxed) {
                let next = read.lock().expect("a name").take();
                let (Some(name), Some(letter)) = (next, letters.next()) else {
                    thread::sleep(Duration::from_micros(200));
                    continue;
                };
                // At any moment of the reading, now and then after it.
                thread::sleep(Duration::from_millis(dice.roll(25)));
                change(&data.join(name), &mut dice, letter);
            }
        });
        let run = run(&scratch, reading);
        done.store(true, Ordering::Relaxed);
        run
    });
    let again = scratch.path("again.csv");
    let mut taken = 0;
    for file in &run.files {
        let rows = scratch.cells(&format!(
            "select id, text, file_sha256 from raw.rows where file_name = '{}' order by file_row",
            file.name
        ));
        if file.state != FileState::New {
            assert!(rows.is_empty(), "{} is refused and has rows", file.name);
            continue;
        }
        taken += 1;
        let mut bytes = "Id,Text\n".to_owned();
        for row in &rows {
            let cell = |at: usize| row[at].as_deref().unwrap_or_default();
            bytes.push_str(&format!("{},{}\n", cell(0), cell(1)));
            assert_eq!(cell(2), file.sha256.as_deref().unwrap_or_default());
        }
        fs::write(&again, bytes).expect("a file is written");
        let found = identity(&again, None).expect("a file is read");
        assert_eq!(Some(found), file.sha256, "{}", file.name);
    }
    let changed = changed_meanwhile(&run);
    println!("{files} files: {taken} came in, {changed} changed while they were read");
    assert!(taken >= files.div_ceil(5), "{taken} of {files} came in");
    assert!(changed > 0, "no file changed while it was read");
}
