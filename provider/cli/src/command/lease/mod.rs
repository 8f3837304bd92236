//! `coffer lease`

mod close;
mod list;
mod revoke;
mod sweep;
mod told;

use clap::Subcommand;

use crate::arguments::Global;
use crate::failure::Result;

/// What to do with leases.
#[derive(Subcommand)]
pub(crate) enum Lease {
    #[command(visible_alias = "ls")]
    List(list::List),
    Revoke(revoke::Revoke),
    Sweep(sweep::Sweep),
    Close(close::Close),
}

impl Lease {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        match self {
            Self::List(list) => list.run(global),
            Self::Revoke(revoke) => revoke.run(global),
            Self::Sweep(sweep) => sweep.run(global),
            Self::Close(close) => close.run(global),
        }
    }
}
