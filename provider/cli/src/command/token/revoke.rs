//! `coffer token revoke`

use clap::Args;

use super::report;
use crate::arguments::Global;
use crate::failure::Result;
use crate::session;

/// Revoke a token and all that it made.
///
/// The scopes that it opened get new keys, so that what is written afterwards is closed to it. What it could read before
/// is listed.
#[derive(Args)]
pub(crate) struct Revoke {
    /// The token's accessor, from `coffer token list`
    accessor: String,
}

impl Revoke {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let revocation = session::open(global)?.revoke_token(&self.accessor)?;
        report(&revocation, global)
    }
}
