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
    Verify(verify::Verify),
    Alerts(alerts::Alerts),
    Checkpoint(checkpoint::Checkpoint),
    Tail(tail::Tail),
    Query(query::Query),
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
