//! `coffer slot list`

use clap::Args;
use serde_json::json;

use crate::arguments::{Format, Global};
use crate::failure::Result;
use crate::{output, session};

/// List what opens the vault.
#[derive(Args)]
pub(crate) struct List {}

impl List {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let slots = session::open(global)?.slots()?;
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
