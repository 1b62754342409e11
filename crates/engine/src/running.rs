//! Which runs are under way, and which were cut off before their record was kept.
//!
//! A run holds an OS lock on a file of its own while it lasts. The lock goes with the process
//! however it ends, so a file that can be locked is that of a run which was killed: what it took
//! in stands, and the next run tells it in its place. Nobody waits for these locks.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use lockgate_core::error::{Error, Result};

use super::Warehouse;

/// A run under way, with those before it that were cut off.
#[derive(Debug)]
pub struct Running {
    /// By path; a lock lasts as long as its file is open.
    held: Vec<(PathBuf, File)>,
    cut_off: Vec<String>,
}

impl Running {
    /// Begins a run. Where a storage has no locks, nothing is known of other runs.
    ///
    /// # Errors
    /// The folder cannot be made or read.
    pub fn begin(warehouse: &Warehouse, run_id: &str) -> Result<Self> {
        let mut running = Self {
            held: Vec::new(),
            cut_off: Vec::new(),
        };
        let folder = warehouse.url("_runs")?.to_file_path();
        let Ok(folder) = folder else {
            return Ok(running);
        };
        let failed =
            |error| Error::engine(format!("noting the run in {}", folder.display()), error);
        // Under its own name only once it is locked: until then it would pass for a dead run's.
        let new = folder.join(format!(".{run_id}"));
        let file = create(&folder, &new).map_err(failed)?;
        for entry in fs::read_dir(&folder).map_err(failed)? {
            running.adopt(&entry.map_err(failed)?.path());
        }
        running.cut_off.sort();
        if file.try_lock().is_ok() {
            let own = folder.join(run_id);
            fs::rename(&new, &own).map_err(failed)?;
            running.held.push((own, file));
        } else {
            let _ = fs::remove_file(new);
        }
        Ok(running)
    }

    /// Takes over a run whose process is gone; of two that try, one does.
    fn adopt(&mut self, path: &Path) {
        let name = path.file_name().and_then(|name| name.to_str());
        let Some(run_id) = name.filter(|name| !name.starts_with('.')) else {
            return;
        };
        let Ok(file) = File::open(path) else {
            return;
        };
        // Where the path is gone, the run came to its end between the lines above and here.
        if file.try_lock().is_ok() && path.exists() {
            self.cut_off.push(run_id.to_owned());
            self.held.push((path.to_owned(), file));
        }
    }

    /// The runs before this one that were killed: nobody else tells what they took in.
    pub fn cut_off(&self) -> &[String] {
        &self.cut_off
    }

    /// Ends a run whose record is kept. `all`: it told every file that those before it took in.
    pub fn end(self, all: bool) {
        let told = |path: &Path| {
            let name = path.file_name().and_then(|name| name.to_str());
            all || !self
                .cut_off
                .iter()
                .any(|run_id| Some(run_id.as_str()) == name)
        };
        for (path, _) in self.held.iter().filter(|(path, _)| told(path)) {
            // What stays is taken for a run that was killed, and told twice at worst.
            let _ = fs::remove_file(path);
            // Folders go with the last file in them: the warehouse too, where nothing came into it.
            for folder in path.ancestors().skip(1).take(2) {
                let _ = fs::remove_dir(folder);
            }
        }
    }
}

/// Makes a file in a folder that another run may remove at any time, while it is empty.
fn create(folder: &Path, path: &Path) -> std::io::Result<File> {
    let mut tries = 0;
    loop {
        fs::create_dir_all(folder)?;
        match File::create(path) {
            Err(error) if error.kind() == ErrorKind::NotFound && tries < 100 => tries += 1,
            made => return made,
        }
    }
}
