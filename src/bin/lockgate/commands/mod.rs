//! One module a command: the options to a call of the library, and what comes of it to what is said.

pub mod check;
pub mod diff;
pub mod docs;
pub mod doctor;
pub mod explain;
pub mod fuzz;
pub mod history;
pub mod init;
pub mod judge;
pub mod notify;
pub mod profile;
pub mod query;
pub mod report;
pub mod run;
pub mod sample;
pub mod schema;
pub mod show;
mod stored;
mod tables;
pub mod test;
pub mod trace;
