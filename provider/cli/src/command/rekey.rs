//! `coffer rekey`

use clap::Args;
use serde_json::json;

use super::new_key::NewKey;
use crate::arguments::{Format, Global};
use crate::failure::Result;
use crate::progress::Bar;
use crate::{output, session};

/// Replace every key of the vault, after one of them may have become known.
///
/// Afterwards only the key named here opens the vault: every other slot and every token is gone; add them again. Values
/// are not encrypted anew, so whoever had the old key and a copy of the file has what was in it: change those secrets.
#[derive(Args)]
pub(crate) struct Rekey {
    #[command(flatten)]
    key: NewKey,
    /// What to call the key in the list of slots
    #[arg(long, default_value = "", value_name = "TEXT")]
    label: String,
}

impl Rekey {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let vault = session::open(global)?;
        let key = self.key.source()?;
        let bar = Bar::spinner("replacing every key", global);
        let slots = vault.rekey(&[(key.clone(), self.label.clone())])?;
        drop(bar);
        if global.format == Format::Json {
            let slots: Vec<_> = slots
                .iter()
                .map(|slot| json!({ "slot": slot.id, "kind": slot.kind, "label": slot.label }))
                .collect();
            return output::json(&json!({ "slots": slots }));
        }
        output::line(&format!("Only {} opens the vault now.", key.describe()))
    }
}
