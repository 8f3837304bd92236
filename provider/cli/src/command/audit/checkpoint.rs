//! `coffer audit checkpoint`

use clap::Args;
use serde_json::json;

use crate::arguments::{Format, Global};
use crate::failure::Result;
use crate::{output, session};

/// Print a signed statement of how many rows the audit trail has and what the newest is.
///
/// Keep it where whoever could change the vault cannot reach it: a cut trail or an older copy of the whole file is noticed
/// only by `coffer audit verify --checkpoint`. The sinks of COFFER_AUDIT_SINK get it too.
#[derive(Args)]
pub(crate) struct Checkpoint {}

impl Checkpoint {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let note = session::open(global)?.audit_checkpoint()?;
        match global.format {
            Format::Json => output::json(&json!({ "checkpoint": note })),
            Format::Text => output::bytes(note.as_bytes()),
        }
    }
}
