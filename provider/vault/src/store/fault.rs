//! SQLite's failures in the vault's terms.

use std::path::Path;

use rusqlite::ErrorCode;
use rusqlite::ffi;

use crate::error::{Error, Result};

/// A failure of the file, detached from SQLite so that every call that shared a commit can report it.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    what: What,
    detail: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Busy,
    Full,
    ReadOnly,
    Corrupt,
    Input,
    Other,
}

impl Fault {
    /// Sorts SQLite's error.
    pub(crate) fn of(error: &rusqlite::Error) -> Self {
        let detail = error.to_string();
        let rusqlite::Error::SqliteFailure(failure, _) = error else {
            // A column of another type than the schema's, or a row that must be there and is not.
            return Self {
                what: What::Corrupt,
                detail,
            };
        };
        let what = match failure.code {
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => What::Busy,
            ErrorCode::DiskFull => What::Full,
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen => {
                What::ReadOnly
            }
            ErrorCode::DatabaseCorrupt
            | ErrorCode::NotADatabase
            | ErrorCode::ConstraintViolation => What::Corrupt,
            ErrorCode::SystemIoFailure => match failure.extended_code {
                ffi::SQLITE_IOERR_SHMSIZE => What::Full,
                ffi::SQLITE_IOERR_CORRUPTFS | ffi::SQLITE_IOERR_DATA => What::Corrupt,
                _ => What::Input,
            },
            _ => What::Other,
        };
        Self { what, detail }
    }

    /// The error of a call that changed nothing.
    pub(crate) fn into_error(self, path: &Path) -> Error {
        let path = path.to_path_buf();
        match self.what {
            What::Busy => Error::Busy {
                path,
                waited: super::patience(),
            },
            What::Full => Error::DiskFull { path },
            What::ReadOnly => Error::ReadOnly {
                path,
                detail: self.detail,
            },
            What::Corrupt => Error::Corrupted {
                path,
                what: self.detail,
            },
            What::Input => Error::Store {
                path,
                detail: format!("{}; nothing was changed", self.probable_cause()),
            },
            What::Other => Error::Store {
                path,
                detail: self.detail,
            },
        }
    }

    /// The error of a failed commit. A lack of space shows before the commit's last frame is written, and a lock
    /// before the first; anything else may come after the frames reached the file.
    pub(crate) fn into_commit_error(self, path: &Path) -> Error {
        match self.what {
            What::Busy | What::Full | What::ReadOnly => self.into_error(path),
            What::Input => Error::OutcomeUnknown {
                path: path.to_path_buf(),
                detail: self.probable_cause(),
            },
            _ => Error::OutcomeUnknown {
                path: path.to_path_buf(),
                detail: self.detail,
            },
        }
    }

    fn probable_cause(&self) -> String {
        format!(
            "{} (a failing disk, a quota or a limit on file sizes)",
            self.detail
        )
    }
}

/// Turns SQLite's results into the vault's.
pub(crate) trait Stored<T> {
    /// The same result with an error that names the vault.
    fn stored(self, path: &Path) -> Result<T>;
}

impl<T> Stored<T> for rusqlite::Result<T> {
    fn stored(self, path: &Path) -> Result<T> {
        self.map_err(|error| Fault::of(&error).into_error(path))
    }
}
