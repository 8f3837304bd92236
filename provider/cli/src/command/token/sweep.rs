//! `coffer token sweep`

use clap::Args;

use super::report;
use crate::arguments::Global;
use crate::failure::Result;
use crate::session;

/// Revoke the tokens that have expired or spent their uses.
///
/// An expired token is refused by coffer; revoking it also renews the keys that it held, which a program of someone's own
/// could still use. Run it from cron.
#[derive(Args)]
pub(crate) struct Sweep {}

impl Sweep {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        report(&session::open(global)?.sweep_tokens()?, global)
    }
}
