//! `coffer lease`

mod close;
mod list;

use clap::Subcommand;

use crate::arguments::Global;
use crate::failure::Result;

/// What to do with leases.
#[derive(Subcommand)]
pub(crate) enum Lease {
    #[command(visible_alias = "ls")]
    List(list::List),
    Close(close::Close),
}

impl Lease {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        match self {
            Self::List(list) => list.run(global),
            Self::Close(close) => close.run(global),
        }
    }
}
