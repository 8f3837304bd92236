//! Backups: the whole vault at one moment, in one file that its keys open.

mod header;
mod restore;
mod watched;
mod write;

use std::path::PathBuf;

use jiff::Timestamp;

/// A backup that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Backup {
    /// Its file.
    pub path: PathBuf,
    /// How many bytes it has.
    pub bytes: u64,
    /// The moment that it shows.
    pub at: Timestamp,
}
