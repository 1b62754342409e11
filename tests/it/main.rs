//! Every integration test, in one binary: one link for all of them.

mod check;
mod cli;
mod durability;
mod ingest;
mod invariants;
mod keys;
mod load;
mod real;
mod run;
mod shop;
mod support;
