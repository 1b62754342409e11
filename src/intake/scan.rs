//! A file as a whole: its bytes, its header.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::records::Records;
use super::refusal::{Reason, ScanError};

/// Bytes read at a time: few enough to stay in the second-level cache.
pub(super) const CHUNK: usize = 256 * 1024;

/// How cells are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// ASCII, and neither CR nor LF.
    pub delimiter: u8,
    /// ASCII, and not the delimiter; doubled, it stands for itself in a quoted cell.
    pub quote: u8,
}

impl Default for Dialect {
    /// A comma and the double quote.
    fn default() -> Self {
        Self {
            delimiter: b',',
            quote: b'"',
        }
    }
}

/// What a file looks like before its records are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// The header cells in file order, quotes resolved, nothing trimmed.
    pub header: Vec<String>,
    /// Whether the file begins with the UTF-8 byte order mark, which is no part of the header.
    pub bom: bool,
    pub bytes: u64,
    /// Of all bytes, in lower-case hexadecimal.
    pub sha256: String,
}

/// The SHA-256 of a file's bytes, in lower-case hexadecimal, and how many they are.
///
/// An empty file has a hash like any other.
///
/// # Errors
///
/// Those of opening and reading the file.
///
/// ```
/// let path = std::env::temp_dir().join("lockgate-doc-sha256.csv");
/// std::fs::write(&path, "a,b\n")?;
/// let (hash, bytes) = lockgate::intake::sha256(&path)?;
/// assert_eq!((&hash[..8], bytes), ("5be08c96", 4));
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn sha256(path: impl AsRef<Path>) -> io::Result<(String, u64)> {
    let mut file = File::open(path)?;
    let mut buffer = vec![0; CHUNK];
    let (mut hasher, mut bytes) = (Sha256::new(), 0);
    loop {
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => {
                hasher.update(&buffer[..length]);
                bytes += length as u64;
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let digest = hasher.finalize();
    let hash = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok((hash, bytes))
}

/// Looks at the beginning of a file: is it CSV at all, and what is its header?
///
/// What a record may have wrong with it is left to [`Records`], so that a wrong
/// header is told before a wrong record.
///
/// # Errors
///
/// [`ScanError::Io`] where the file cannot be read; [`ScanError::Refused`] for a
/// file that is empty, has a header only, is UTF-16, HTML or JSON, or whose
/// header is not UTF-8, holds a NUL or leaves a quote open.
///
/// ```
/// use lockgate::intake::{Dialect, open};
/// let path = std::env::temp_dir().join("lockgate-doc-open.csv");
/// std::fs::write(&path, "\u{feff}Name,\"Phone\nnumber\"\nAnn,1\n")?;
/// let opening = open(&path, Dialect::default()).unwrap();
/// assert_eq!(opening.header, ["Name", "Phone\nnumber"]);
/// assert!(opening.bom);
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn open(path: impl AsRef<Path>, dialect: Dialect) -> Result<Opening, ScanError> {
    let path = path.as_ref();
    let mut records = Records::new(File::open(path)?, dialect);
    let header = records.header()?.to_vec();
    match records.advance(1, &mut Vec::new()) {
        Err(ScanError::Refused(refusal)) if refusal.reason != Reason::HeaderOnly => {}
        outcome => _ = outcome?,
    }
    let (sha256, bytes) = sha256(path)?;
    Ok(Opening {
        header,
        bom: records.bom(),
        bytes,
        sha256,
    })
}
