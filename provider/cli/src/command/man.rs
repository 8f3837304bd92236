//! `coffer man`

use std::path::PathBuf;

use clap::{Args, CommandFactory};

use crate::arguments::Arguments;
use crate::failure::{Failure, Result};
use crate::output;

/// Write the manual pages, one for each command, into a folder.
#[derive(Args)]
pub(crate) struct Man {
    /// The folder, such as ~/.local/share/man/man1
    folder: PathBuf,
}

impl Man {
    pub(crate) fn run(&self) -> Result<()> {
        std::fs::create_dir_all(&self.folder)
            .and_then(|()| clap_mangen::generate_to(Arguments::command(), &self.folder))
            .map_err(|error| {
                let folder = self.folder.display();
                Failure::Other(format!(
                    "the pages could not be written to {folder}: {error}"
                ))
            })?;
        output::line(&format!("Wrote the pages to {}.", self.folder.display()))
    }
}
