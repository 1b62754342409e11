//! One pass over a file's bytes: what is read is what is hashed, and a file that changed
//! meanwhile is found out.

use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::identity::Hasher;
use super::refusal::{Reason, Refusal, ScanError};

/// Bytes read at a time: few enough to stay in the second-level cache.
pub(super) const CHUNK: usize = 256 * 1024;

/// The coarsest clock of a file system in use: two writes within it may leave the same time.
const TICK: Duration = Duration::from_secs(2);

/// A file that is read once, from its first byte to its last.
#[derive(Debug)]
pub struct Once {
    path: PathBuf,
    file: File,
    before: Stamp,
    bytes: u64,
    hasher: Hasher,
}

/// What tells that a file is the one it was.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stamp {
    bytes: u64,
    written: Option<SystemTime>,
    /// The device and the number of the file on it.
    file: (u64, u64),
    /// When the file or what is known of it last changed; no program can set it.
    changed: (i64, i64),
}

impl Stamp {
    fn of(meta: &Metadata) -> Self {
        #[cfg(unix)]
        let (file, changed) = {
            use std::os::unix::fs::MetadataExt;
            ((meta.dev(), meta.ino()), (meta.ctime(), meta.ctime_nsec()))
        };
        #[cfg(not(unix))]
        let (file, changed) = ((0, 0), (0, 0));
        Self {
            bytes: meta.len(),
            written: meta.modified().ok(),
            file,
            changed,
        }
    }
}

impl Once {
    /// Opens a file; never waits for one that is none, such as a named pipe.
    ///
    /// # Errors
    /// It cannot be opened, or is no file.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = path.as_ref();
        regular(&fs::metadata(path)?)?;
        let file = File::open(path)?;
        let meta = file.metadata()?;
        regular(&meta)?;
        Ok(Self {
            path: path.to_owned(),
            before: Stamp::of(&meta),
            hasher: Hasher::for_size(meta.len()),
            bytes: 0,
            file,
        })
    }

    /// Reads what is left, and gives the identity of all bytes that were read.
    ///
    /// `since`: when the run began; a file written about then or later is hashed once more,
    /// as its times may not show a second write.
    ///
    /// # Errors
    /// [`Reason::Changed`] where the file is not as it was when it was opened.
    ///
    /// ```
    /// use lockgate_core::intake::Once;
    /// let path = std::env::temp_dir().join("lockgate-doc-once.csv");
    /// std::fs::write(&path, "a,b\n")?;
    /// let identity = Once::open(&path)?.finish(std::time::SystemTime::now()).unwrap();
    /// assert_eq!(&identity[..8], "5be08c96");
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn finish(mut self, since: SystemTime) -> Result<String, ScanError> {
        let mut rest = vec![0; CHUNK];
        loop {
            match self.read(&mut rest) {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        let identity = self.hasher.finish();
        let named = match fs::metadata(&self.path) {
            Ok(meta) => Stamp::of(&meta),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(changed("it was moved or deleted").into());
            }
            Err(error) => return Err(error.into()),
        };
        let now = Stamp::of(&self.file.metadata()?);
        if named.file != self.before.file {
            return Err(changed("another file took its name").into());
        }
        let sizes = [named.bytes, now.bytes, self.bytes];
        if let Some(size) = sizes.into_iter().find(|size| *size != self.before.bytes) {
            let what = format!("it had {} bytes, then {size}", self.before.bytes);
            return Err(changed(&what).into());
        }
        if now.written != self.before.written {
            return Err(changed("it was written to").into());
        }
        let fresh = now.written.is_none_or(|written| written + TICK >= since);
        if (fresh || now.changed != self.before.changed)
            && super::identity(&self.path, Some(&identity))? != identity
        {
            return Err(changed("it was written to").into());
        }
        Ok(identity)
    }
}

impl Read for Once {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.file.read(buffer)?;
        self.hasher.update(&buffer[..length]);
        self.bytes += length as u64;
        Ok(length)
    }
}

pub(super) fn regular(meta: &Metadata) -> io::Result<()> {
    match meta.is_file() {
        true => Ok(()),
        false => Err(io::Error::new(ErrorKind::InvalidInput, "it is no file")),
    }
}

fn changed(what: &str) -> Refusal {
    Refusal::new(
        Reason::Changed,
        format!("the file changed while it was read: {what}"),
        "nothing of it came in; let it be written under another name and renamed when it is whole, then run again",
    )
}

#[cfg(test)]
mod tests;
