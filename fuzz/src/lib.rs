//! The floors of lockgate below its engine, taken in as source: what the targets try needs no DataFusion,
//! whose build under a sanitizer takes the better part of an hour.

#![allow(dead_code)]

#[path = "../../src"]
mod floors {
    pub mod clean;
    pub mod contract;
    pub mod document;
    pub mod error;
    pub mod intake;
    pub mod outcome;
}

pub use floors::*;
