//! A file that tells how far it has been read.

use std::fs::File;
use std::io::{BufReader, Read, Result};

use crate::progress::Progress;

/// The file and who is told.
pub(super) struct Watched<'a> {
    file: BufReader<File>,
    done: u64,
    total: u64,
    progress: &'a dyn Progress,
}

impl<'a> Watched<'a> {
    pub(super) fn new(file: File, progress: &'a dyn Progress) -> Result<Self> {
        Ok(Self {
            total: file.metadata()?.len(),
            file: BufReader::new(file),
            done: 0,
            progress,
        })
    }
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let length = self.file.read(buffer)?;
        self.done = self
            .done
            .saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
        self.progress.at(self.done, self.total);
        Ok(length)
    }
}
