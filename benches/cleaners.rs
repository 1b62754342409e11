//! Values a second through the cleaners: phones plain and noisy, address keys, company names.
//!
//! `cargo bench --bench cleaners`. Phones and companies go through [`Cleaner::clean`] with one buffer, as the SQL
//! functions use it; the address key has no buffer to reuse.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use lockgate::clean::{Cleaner, address, company, phone};

const ROWS: u64 = 10_000;

/// Number `at` of a made-up plan: 555-2xxx in one area code after another.
fn digits(at: u64) -> (u64, u64) {
    (200 + at % 700 / 100 * 100 + at % 9, 2000 + at % 8000)
}

fn plain_phones() -> Vec<String> {
    let number = |at| {
        let (area, line) = digits(at);
        format!("{area}555{line}")
    };
    (0..ROWS).map(number).collect()
}

fn noisy_phones() -> Vec<String> {
    let number = |at| {
        let (area, line) = digits(at);
        match at % 5 {
            0 => format!("({area}) 555-{line}"),
            1 => format!("+1 {area}.555.{line}"),
            2 => format!("{area}-555-{line} x{}", at % 900),
            3 => format!(" 1-{area}-555-{line} (cell)"),
            _ => format!("{area}555{line}.0"),
        }
    };
    (0..ROWS).map(number).collect()
}

fn addresses() -> Vec<String> {
    let names = ["Sample", "Pretend", "Lake Sample", "Saint Pretend", "7th"];
    let suffixes = ["Street", "Ave.", "BLVD", "Dr", "Court"];
    let address = |at: u64| {
        let pick = |of: &[&str], by: u64| of[(at / by) as usize % of.len()].to_owned();
        let (name, suffix) = (pick(&names, 1), pick(&suffixes, 5));
        let direction = pick(&["N. ", "", "South ", "NW "], 3);
        let unit = pick(&["", ", Ste 4", " #12B"], 7);
        format!(
            "{} {direction}{name} {suffix}{unit}, Las Vegas, NV {}",
            at % 9000 + 1,
            89101 + at % 50
        )
    };
    (0..ROWS).map(address).collect()
}

fn companies() -> Vec<String> {
    let name = |at: u64| match at % 4 {
        0 => format!("The Pretend Kids {at}, L.L.C."),
        1 => format!("PRETEND & SAMPLE CARE {at} INC"),
        2 => format!("Doe, Jane DBA Tiny Steps {at}"),
        _ => format!("Pretend School - North {at}"),
    };
    (0..ROWS).map(name).collect()
}

fn cleaners(c: &mut Criterion) {
    let mut group = c.benchmark_group("cleaners");
    group.throughput(Throughput::Elements(ROWS));
    let each: [(&str, Cleaner, Vec<String>); 3] = [
        ("phone, plain", phone::CLEANER, plain_phones()),
        ("phone, noisy", phone::CLEANER, noisy_phones()),
        ("company", company::CLEANER, companies()),
    ];
    for (name, cleaner, values) in &each {
        let mut out = String::new();
        group.bench_function(*name, |bench| {
            bench.iter(|| {
                let cleaned = values
                    .iter()
                    .filter(|value| (cleaner.clean)(black_box(value), &mut out));
                black_box(cleaned.count())
            });
        });
    }
    let values = addresses();
    group.bench_function("address key", |bench| {
        bench.iter(|| {
            black_box(
                values
                    .iter()
                    .filter_map(|value| address::key(black_box(value)))
                    .count(),
            )
        });
    });
    group.finish();
}

criterion_group!(benches, cleaners);
criterion_main!(benches);
