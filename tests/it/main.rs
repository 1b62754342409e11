//! Every integration test, in one binary: one link for all of them.

mod check;
mod cli;
mod ingest;
mod invariants;
mod keys;
mod load;
mod monthly;
mod shop;
mod support;
mod withdraw;
