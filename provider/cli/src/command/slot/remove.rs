//! `coffer slot remove`

use clap::Args;
use serde_json::json;

use crate::arguments::{Format, Global};
use crate::failure::Result;
use crate::{output, session};

/// Stop a key from opening the vault. The last slot cannot be removed.
///
/// Whoever had the key and a copy of the file still opens the copy, and with it may know the root key. After a key became
/// known, use `coffer rekey` instead.
#[derive(Args)]
pub(crate) struct Remove {
    /// The slot's number, from `coffer slot list`
    slot: u64,
}

impl Remove {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let slot = session::open(global)?.remove_slot(self.slot)?;
        if global.format == Format::Json {
            return output::json(
                &json!({ "removed": slot.id, "kind": slot.kind, "label": slot.label }),
            );
        }
        output::line(&format!("Removed slot {} ({}).", slot.id, slot.kind))
    }
}
