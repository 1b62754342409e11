//! Every law of the phone cleaner, on any text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lockgate_clean::{broken, phone};

fuzz_target!(|raw: &str| {
    let found = broken(&phone::CLEANER, raw);
    assert!(found.is_none(), "{raw:?}: {found:?}");
});
