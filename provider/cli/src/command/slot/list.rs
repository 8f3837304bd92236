//! `coffer slot list`

use clap::Args;
use coffer_vault::{ErrorKind, Vault};
use serde_json::json;

use crate::arguments::{Format, Global};
use crate::failure::{Failure, Result};
use crate::{output, session};

/// List what opens the vault.
///
/// Without a key that opens it, the list is read as it stands in the file: anyone could, so anyone who can write the file
/// could have changed the labels.
#[derive(Args)]
pub(crate) struct List {}

impl List {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let slots = match session::open(global) {
            Ok(vault) => vault.slots()?,
            Err(Failure::Vault(error)) if error.kind() == ErrorKind::Denied => {
                output::note("Read without a key.");
                Vault::slots_without_key(&global.vault())?
            }
            Err(failure) => return Err(failure),
        };
        if global.format == Format::Json {
            let slots: Vec<_> = slots
                .iter()
                .map(|slot| json!({ "slot": slot.id, "kind": slot.kind, "label": slot.label }))
                .collect();
            return output::json(&json!({ "slots": slots }));
        }
        let rows: Vec<[String; 3]> = slots
            .into_iter()
            .map(|slot| [slot.id.to_string(), slot.kind, slot.label])
            .collect();
        output::table(["SLOT", "KIND", "LABEL"], &rows)
    }
}
