//! What a cleaner costs for a value: nanoseconds, and values a second.
//!
//! `cargo bench --bench cleaners`

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use lockgate::clean::{address, company, phone};

/// Made-up values, as many of each form.
const PLAIN: [&str; 4] = ["4212362368", "4213374410", "4217742093", "4212867731"];
const NOISY: [&str; 4] = [
    "(421) 236-2368 ext. 12",
    "tel: 1-421-337-4410",
    "421.774.2093 / 421.286.7731",
    "+1 421 286 7731 (cell)",
];
const ADDRESSES: [&str; 4] = [
    "123 E. SAMPLE AVENUE LAS VEGAS, NV 89101",
    "4500 N Example Pkwy Ste 12, Tulsa, OK 74103",
    "401 FM 685, Pflugerville, TX 78660",
    "7 Harebell Cir # 4, Dallas, TX 75224-1234",
];
const COMPANIES: [&str; 2] = [
    "The Maple & Grove, L.L.C.",
    "HARBOR LIGHT ACADEMY - DURANGO",
];

fn bench(c: &mut Criterion, name: &str, values: &[&str], clean: fn(&str, &mut String) -> bool) {
    let mut group = c.benchmark_group("clean");
    group.throughput(Throughput::Elements(values.len() as u64));
    let mut out = String::new();
    group.bench_function(name, |b| {
        b.iter(|| {
            for value in values {
                out.clear();
                black_box(clean(black_box(value), &mut out));
            }
        });
    });
    group.finish();
}

fn address_key(raw: &str, out: &mut String) -> bool {
    let key = address::key(raw);
    out.push_str(key.as_deref().unwrap_or_default());
    key.is_some()
}

fn cleaners(c: &mut Criterion) {
    bench(c, "phone/plain", &PLAIN, phone::clean_into);
    bench(c, "phone/noisy", &NOISY, phone::clean_into);
    bench(c, "address/key", &ADDRESSES, address_key);
    bench(c, "company", &COMPANIES, company::clean_into);
}

criterion_group!(benches, cleaners);
criterion_main!(benches);
