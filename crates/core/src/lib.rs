//! The core of lockgate: what a project says, and what is known of its data.
//!
//! No engine, no storage, no clock, no output: everything here works on files of a project and
//! on figures that somebody else measured, and its tests take seconds.
//!
//! The way through it: [`project::load`] reads a folder into a [`project::Project`], whose
//! [`contract::Contract`]s and [`expect::Expectation`]s keep the place of every word, so that a
//! [`error::Problem`] can point at it. [`intake`] reads delivered files, byte by byte. What a
//! run measured is judged by [`expect::judge`] and kept as an [`outcome::Run`].
//!
//! # Floors
//!
//! ```text
//! 4  project
//! 3  table_name
//! 2  document  contract  expect  intake
//! 1  json
//! 0  dates  error  outcome  table_name
//! ```
//!
//! A module imports only lower floors. Within one, `outcome` knows `error`; all of floor 2 know
//! `document` and `contract`, and `contract` knows `document`.

pub mod contract;
pub mod dates;
pub mod document;
pub mod error;
pub mod expect;
pub mod intake;
pub mod json;
pub mod outcome;
pub mod project;
pub mod table_name;
