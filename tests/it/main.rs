//! The integration tests, in one binary: it links once.

mod ask;
mod kinds;
mod peer;
mod schema;
