//! `coffer restore`

use std::path::PathBuf;

use clap::Args;
use coffer_vault::Vault;
use serde_json::json;

use crate::arguments::{Format, Global};
use crate::failure::Result;
use crate::progress::Bar;
use crate::{output, session};

/// Make a vault from a backup.
///
/// The vault appears where --vault or COFFER_VAULT_FILE says, where nothing may stand yet, and only after everything in the
/// backup was verified. It opens with the keys that opened the vault when the backup was made.
///
/// To bring back one deleted secret, use `coffer undelete`.
#[derive(Args)]
pub(crate) struct Restore {
    /// The backup's file
    file: PathBuf,
}

impl Restore {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let to = global.vault();
        let key = session::key(global, &self.file)?;
        let bar = Bar::of_bytes("reading the backup", global);
        let report =
            Vault::restore_backup_with(&self.file, &to, &key, session::actor(global), &bar)?;
        drop(bar);
        if global.format == Format::Json {
            return output::json(&json!({
                "vault": to,
                "secrets": report.secrets,
                "versions": report.versions,
                "audit_rows": report.audit_rows,
            }));
        }
        output::line(&format!(
            "Made the vault {} with {} and {}; everything in it was verified.",
            to.display(),
            output::count(report.secrets, "secret"),
            output::count(report.versions, "version"),
        ))
    }
}
