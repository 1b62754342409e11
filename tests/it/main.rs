//! Every integration test, in one binary: one link for all of them.

mod check;
mod cli;
mod invariants;
mod keys;
mod load;
mod shop;
