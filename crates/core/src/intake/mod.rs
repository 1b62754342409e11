//! The guard in front of a source file: is it the CSV its contract speaks of?
//!
//! Nothing here knows tables or plans. [`Once`] reads a file's bytes and hashes them as they
//! pass, [`Records`] checks, counts and cuts them on the way, [`check`] compares the header with
//! the contract; all of it in one pass, so that the bytes that are hashed are those that come in.
//!
//! A file is taken whole or refused whole. A [`Refusal`] is what the *data* is,
//! never an error of the project; only reading itself fails with an I/O error.

mod batch;
mod cells;
mod files;
mod folder;
mod header;
mod identity;
mod machine;
mod once;
mod records;
mod refusal;
mod rename;
mod scan;
mod sniff;

pub use batch::CellBatch;
pub use cells::{Cell, Unreadable, cells};
pub use files::{Claim, claim, date, pattern_problems};
pub use folder::{Folder, Odd, folder};
pub use header::{Change, HeaderCheck, Warning, check};
pub use identity::{former_identity, identity};
pub use once::Once;
pub use records::Records;
pub use refusal::{Reason, Refusal, ScanError};
pub use scan::{Dialect, Limits};
