//! `coffer role delete`

use clap::Args;

use crate::arguments::Global;
use crate::command::token::report;
use crate::failure::Result;
use crate::session;

/// Remove a role, and revoke its secret ids and the tokens of its machines.
#[derive(Args)]
pub(crate) struct Delete {
    /// The role's name
    name: String,
}

impl Delete {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        report(&session::open(global)?.delete_role(&self.name)?, global)
    }
}
