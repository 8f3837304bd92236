//! `coffer backup`

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::arguments::{Format, Global};
use crate::failure::Result;
use crate::progress::Bar;
use crate::{output, session};

/// Write the whole vault into one file, while it is in use.
///
/// The backup is encrypted and opens with the keys that open the vault now; keep one of them elsewhere. A backup keeps what
/// is destroyed in the vault afterwards.
#[derive(Args)]
pub(crate) struct Backup {
    /// The backup's file, which must not exist yet
    file: PathBuf,
}

impl Backup {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let bar = Bar::of_bytes("writing the backup", global);
        let made = session::open(global)?.backup_with(&self.file, &bar)?;
        drop(bar);
        if global.format == Format::Json {
            return output::json(
                &json!({ "backup": made.path, "bytes": made.bytes, "at": made.at }),
            );
        }
        output::line(&format!(
            "Wrote {} ({} bytes).",
            made.path.display(),
            made.bytes
        ))
    }
}
