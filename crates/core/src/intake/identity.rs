//! What identifies a file's bytes: its SHA-256, and of a large file the SHA-256 over those of its parts.
//!
//! A file of more than 64 MiB is cut into parts of 8 MiB; the SHA-256 of each, one after the
//! other, are hashed again, and the text is `sha256/8MiB:` and the hexadecimal of that. Parts can be
//! hashed side by side. Anything else is the SHA-256 of all bytes, in hexadecimal alone, as it was
//! before there were two: an identity that is stored says by itself how it was made.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;
use std::thread;

use sha2::{Digest, Sha256};

use super::once::{CHUNK, regular};

/// Files of more bytes are identified by their parts.
const LARGE: u64 = 64 << 20;

/// The bytes of a part.
const PART: u64 = 8 << 20;

/// What begins the identity of a large file.
const BY_PARTS: &str = "sha256/8MiB:";

/// The identity of bytes that come one after the other.
#[derive(Debug)]
pub(super) enum Hasher {
    Whole(Sha256),
    Parts {
        all: Sha256,
        part: Sha256,
        /// The bytes that the part still takes.
        left: usize,
    },
}

impl Hasher {
    pub fn for_size(bytes: u64) -> Self {
        match bytes > LARGE {
            true => Self::parts(),
            false => Self::Whole(Sha256::new()),
        }
    }

    fn parts() -> Self {
        Self::Parts {
            all: Sha256::new(),
            part: Sha256::new(),
            left: PART as usize,
        }
    }

    pub fn update(&mut self, mut bytes: &[u8]) {
        match self {
            Self::Whole(hash) => hash.update(bytes),
            Self::Parts { all, part, left } => {
                while !bytes.is_empty() {
                    let (now, later) = bytes.split_at(bytes.len().min(*left));
                    part.update(now);
                    *left -= now.len();
                    if *left == 0 {
                        all.update(part.finalize_reset());
                        *left = PART as usize;
                    }
                    bytes = later;
                }
            }
        }
    }

    pub fn finish(self) -> String {
        match self {
            Self::Whole(hash) => hex(&hash.finalize()),
            Self::Parts {
                mut all,
                part,
                left,
            } => {
                if left < PART as usize {
                    all.update(part.finalize());
                }
                format!("{BY_PARTS}{}", hex(&all.finalize()))
            }
        }
    }
}

/// The identity of a file's bytes, made as `like` was if one is given: to be compared with it.
///
/// # Errors
/// It cannot be read, or is no file.
///
/// ```
/// use lockgate_core::intake::identity;
/// let path = std::env::temp_dir().join("lockgate-doc-identity.csv");
/// std::fs::write(&path, "a,b\n")?;
/// assert_eq!(&identity(&path, None)?[..8], "5be08c96");
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn identity(path: impl AsRef<Path>, like: Option<&str>) -> io::Result<String> {
    let path = path.as_ref();
    let meta = std::fs::metadata(path)?;
    regular(&meta)?;
    let by_parts = like.map_or(meta.len() > LARGE, |like| like.starts_with(BY_PARTS));
    if by_parts {
        return side_by_side(path, meta.len());
    }
    let mut hash = Sha256::new();
    each(&mut File::open(path)?, u64::MAX, |bytes| hash.update(bytes))?;
    Ok(hex(&hash.finalize()))
}

/// The identity that a ledger of before there were parts holds of the same bytes, where it is another.
///
/// # Errors
/// As [`identity`].
pub fn former_identity(path: impl AsRef<Path>, now: &str) -> io::Result<Option<String>> {
    match now.starts_with(BY_PARTS) {
        true => identity(path, Some("")).map(Some),
        false => Ok(None),
    }
}

/// The identity by parts, every thread hashing its share of them.
fn side_by_side(path: &Path, bytes: u64) -> io::Result<String> {
    let parts = bytes.div_ceil(PART);
    let threads = thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let share = parts.div_ceil(threads).max(1);
    let shares: Vec<io::Result<Vec<u8>>> = thread::scope(|scope| {
        let starts = (0..parts).step_by(share as usize);
        let work: Vec<_> = starts
            .map(|start| scope.spawn(move || hashes(path, start, share.min(parts - start))))
            .collect();
        let done = work.into_iter().map(|work| work.join());
        done.map(|done| done.unwrap_or_else(|_| Err(io::Error::other("hashing stopped"))))
            .collect()
    });
    let mut all = Sha256::new();
    for share in shares {
        all.update(share?);
    }
    Ok(format!("{BY_PARTS}{}", hex(&all.finalize())))
}

/// The hashes of some parts of a file, one after the other.
fn hashes(path: &Path, first: u64, parts: u64) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(first * PART))?;
    let mut hashes = Vec::new();
    for _ in 0..parts {
        let mut hash = Sha256::new();
        each(&mut file, PART, |bytes| hash.update(bytes))?;
        hashes.extend_from_slice(&hash.finalize());
    }
    Ok(hashes)
}

/// Reads up to `most` bytes, piece by piece.
fn each(file: &mut File, most: u64, mut take: impl FnMut(&[u8])) -> io::Result<()> {
    let mut reader = file.take(most);
    let mut buffer = vec![0; CHUNK];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(length) => take(&buffer[..length]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_hashed_one_after_the_other_and_side_by_side_are_the_same_identity() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("large.csv");
        for extra in [1, PART as usize] {
            let bytes: Vec<u8> = (0..LARGE as usize + extra)
                .map(|at| (at % 251) as u8)
                .collect();
            std::fs::write(&path, &bytes).unwrap();
            let mut hasher = Hasher::for_size(bytes.len() as u64);
            for piece in bytes.chunks(3_000_001) {
                hasher.update(piece);
            }
            let found = hasher.finish();
            assert!(found.starts_with(BY_PARTS), "{found}");
            assert_eq!(identity(&path, None).unwrap(), found);
            // What an older ledger holds of a large file is still its own.
            let plain = hex(&Sha256::digest(&bytes));
            assert_eq!(identity(&path, Some(&plain)).unwrap(), plain);
            assert_eq!(former_identity(&path, &found).unwrap(), Some(plain.clone()));
            assert_eq!(former_identity(&path, &plain).unwrap(), None);
        }
    }

    #[test]
    fn a_file_of_the_stated_size_and_an_empty_one_have_their_plain_hash() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Hasher::for_size(0).finish(), empty);
        assert!(matches!(Hasher::for_size(LARGE), Hasher::Whole(_)));
        assert!(matches!(Hasher::for_size(LARGE + 1), Hasher::Parts { .. }));
    }
}
