//! `coffer slot add`

use clap::Args;
use serde_json::json;

use crate::arguments::{Format, Global};
use crate::command::new_key::NewKey;
use crate::failure::Result;
use crate::{output, session};

/// Let another key open the vault. The keys that open it now stay.
#[derive(Args)]
pub(crate) struct Add {
    #[command(flatten)]
    key: NewKey,
    /// What to call it in the list
    #[arg(long, default_value = "", value_name = "TEXT")]
    label: String,
}

impl Add {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let vault = session::open(global)?;
        let key = self.key.source()?;
        let slot = vault.add_slot(&key, &self.label)?;
        if global.format == Format::Json {
            return output::json(
                &json!({ "slot": slot.id, "kind": slot.kind, "label": slot.label }),
            );
        }
        output::line(&format!(
            "Slot {}: {} opens the vault now.",
            slot.id,
            key.describe()
        ))
    }
}
