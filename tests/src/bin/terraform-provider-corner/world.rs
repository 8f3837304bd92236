//! The world outside: a folder with one file for each ward, and the spy's notes.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;

use coffer_plugin::{Diagnostic, Diagnostics, Value};

/// The world outside.
pub(crate) struct World {
    folder: Option<PathBuf>,
    pub(crate) region: Value<String>,
}

impl World {
    pub(crate) fn new(folder: Option<String>, region: Value<String>) -> Self {
        Self {
            folder: folder.map(PathBuf::from),
            region,
        }
    }

    /// Adds a line to the spy's notes. Several processes write to them.
    pub(crate) fn note(&self, line: &str) -> io::Result<()> {
        let Some(folder) = &self.folder else {
            return Ok(());
        };
        let mut notes = OpenOptions::new()
            .create(true)
            .append(true)
            .open(folder.join("spy.log"))?;
        notes.write_all(format!("{line}\n").as_bytes())
    }

    fn ward(&self, name: &str) -> Option<PathBuf> {
        let folder = self.folder.as_ref()?;
        Some(folder.join(format!("{name}.ward")))
    }

    /// Writes the ward `name` with its content.
    pub(crate) fn put(&self, name: &str, content: &str) -> io::Result<()> {
        match self.ward(name) {
            Some(path) => fs::write(path, content),
            None => Ok(()),
        }
    }

    /// Whether the ward `name` exists; without a folder all do.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.ward(name).is_none_or(|path| path.exists())
    }

    /// Takes the ward `name` away; one that is gone is no error.
    pub(crate) fn remove(&self, name: &str) -> io::Result<()> {
        match self.ward(name).map(fs::remove_file) {
            Some(Err(error)) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// The names of all wards in order.
    pub(crate) fn names(&self) -> io::Result<Vec<String>> {
        let Some(folder) = &self.folder else {
            return Ok(Vec::new());
        };
        let mut names = Vec::new();
        for entry in fs::read_dir(folder)? {
            if let Some(name) = entry?
                .file_name()
                .to_str()
                .and_then(|name| name.strip_suffix(".ward"))
            {
                names.push(name.to_owned());
            }
        }
        names.sort();
        Ok(names)
    }
}

/// What the user is told when the folder fails.
pub(crate) fn broken(error: io::Error) -> Diagnostics {
    Diagnostic::error("The folder does not work", error.to_string()).into()
}
