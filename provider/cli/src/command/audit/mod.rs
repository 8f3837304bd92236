//! `coffer audit`

mod verify;

use clap::Subcommand;

use crate::arguments::Global;
use crate::failure::Result;

/// What to do with the audit trail.
#[derive(Subcommand)]
pub(crate) enum Audit {
    /// Find rows that were changed, removed, moved or inserted
    Verify(verify::Verify),
}

impl Audit {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        match self {
            Self::Verify(verify) => verify.run(global),
        }
    }
}
