//! Every law of the address cleaner, on any text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lockgate_clean::{address, broken};

fuzz_target!(|raw: &str| {
    let found = broken(&address::CLEANER, raw);
    assert!(found.is_none(), "{raw:?}: {found:?}");
});
