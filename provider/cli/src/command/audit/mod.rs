//! `coffer audit`

mod alerts;
mod checkpoint;
mod export;
mod query;
mod show;
mod tail;
mod verify;

use clap::Subcommand;

use crate::arguments::Global;
use crate::failure::Result;

/// What to do with the audit trail.
#[derive(Subcommand)]
pub(crate) enum Audit {
    /// Find rows that were changed, removed, moved or inserted
    Verify(verify::Verify),
    /// Show what deserves a look
    Alerts(alerts::Alerts),
    /// Print a signed statement of where the trail stands, to be kept elsewhere
    Checkpoint(checkpoint::Checkpoint),
    /// Show the newest rows
    Tail(tail::Tail),
    /// Show the rows that fit
    Query(query::Query),
    /// Print all rows as JSON lines
    Export(export::Export),
}

impl Audit {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        match self {
            Self::Verify(verify) => verify.run(global),
            Self::Alerts(alerts) => alerts.run(global),
            Self::Checkpoint(checkpoint) => checkpoint.run(global),
            Self::Tail(tail) => tail.run(global),
            Self::Query(query) => query.run(global),
            Self::Export(export) => export.run(global),
        }
    }
}
