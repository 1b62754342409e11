//! The one integration-test binary.

mod ingest;
mod keys;
mod support;
