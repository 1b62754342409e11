//! The data folder of a run: its files, and what is called like one and is none.

use crate::error::{Error, Result};
use crate::intake::{Claim, Folder, Odd, claim, folder};
use crate::outcome::FileRun;
use crate::project::Source;

use super::intake::{sentence, unread};
use super::{Runner, argument};

impl Runner<'_> {
    /// CSV files that no source of the project claims, and what else is called so.
    pub(super) fn unclaimed(&self) -> Result<Vec<String>> {
        let folder = self.folder()?;
        let odd = folder.odd.iter();
        let odd = odd.map(|odd| (odd.name.clone(), format!("{} ({})", odd.name, odd.what)));
        let files = folder.files.iter().map(|name| (name.clone(), name.clone()));
        let unclaimed = files.chain(odd).filter(|(name, _)| {
            let mut sources = self.project.sources.iter();
            name.to_lowercase().ends_with(".csv")
                && !sources.any(|source| claim(&source.contract.file, name).is_some())
        });
        Ok(unclaimed.map(|(_, told)| told).collect())
    }

    /// The entries of the data folder.
    pub(super) fn folder(&self) -> Result<Folder> {
        let path = &self.options.data;
        if !path.exists() {
            return Err(argument(
                format!("the data folder {} is not there", path.display()),
                "make it, name another with --data, or mend `data` in lockgate.toml".to_owned(),
            ));
        }
        folder(path, self.project.manifest.outside_links)
            .map_err(|error| Error::engine(format!("reading the folder {}", path.display()), error))
    }
}

/// What is called like a file of the source and is none: refused like a file.
pub(super) fn claimed_oddity(source: &Source, odd: &Odd) -> Option<FileRun> {
    let date = match claim(&source.contract.file, &odd.name)? {
        Claim::Dated(date) => Some(date),
        Claim::Undated | Claim::Unreadable(_) => None,
    };
    let reason = format!("{}. {}", odd.what, sentence(odd.help));
    Some(FileRun {
        masked: Some(reason.clone()),
        reason: Some(reason),
        ..unread(source, odd.name.clone(), date, None)
    })
}
