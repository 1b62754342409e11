//! The one integration-test binary.

mod durability;
mod ingest;
mod keys;
mod real;
mod support;
