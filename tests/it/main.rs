//! Every integration test, in one binary: one link for all of them.

mod ask;
mod base;
mod check;
mod cli;
mod diff;
mod durability;
mod figures;
mod functions;
mod fuzz;
mod ingest;
mod invariants;
mod keys;
mod kinds;
mod load;
mod monthly;
mod peer;
mod profile;
mod real;
mod report;
mod reports;
mod run;
mod schema;
mod shop;
mod support;
mod unit_tests;
mod withdraw;
