//! Every integration test, in one binary: one link for all of them.

mod ask;
mod check;
mod cli;
mod durability;
mod ingest;
mod invariants;
mod keys;
mod kinds;
mod load;
mod peer;
mod real;
mod reports;
mod run;
mod schema;
mod shop;
mod support;
