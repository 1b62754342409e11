//! The guard in front of a source file: is it the CSV its contract speaks of?
//!
//! Nothing here knows tables or plans. [`open`] looks at the beginning of a
//! file, [`check`] compares its header with the contract, and [`Records`] reads
//! it once more beside the parser, counting records on its own: where the two
//! counts differ, neither is to be believed.
//!
//! A file is taken whole or refused whole. A [`Refusal`] is what the *data* is,
//! never an error of the project; only reading itself fails with an I/O error.

mod cells;
mod files;
mod header;
mod machine;
mod records;
mod refusal;
mod rename;
mod scan;
mod sniff;

pub use cells::{Cell, Unreadable, cells};
pub use files::{Claim, claim, date};
pub use header::{Change, HeaderCheck, Warning, check, sample};
pub use records::Records;
pub use refusal::{Reason, Refusal, ScanError};
pub use scan::{Dialect, Opening, open, sha256};
