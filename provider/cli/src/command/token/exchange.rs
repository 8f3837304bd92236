//! `coffer token exchange`

use clap::Args;

use super::print;
use crate::arguments::Global;
use crate::failure::Result;
use crate::session;

/// Exchange the ticket in COFFER_TOKEN for its token.
///
/// A machine gets a ticket (`coffer token create --ticket`) with its image or its first boot, and exchanges it when it
/// starts. A ticket works once: where it was used before, this fails with exit code 4, and someone else has the token.
#[derive(Args)]
pub(crate) struct Exchange {}

impl Exchange {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        print(&session::open(global)?.exchange_ticket()?, global)
    }
}
