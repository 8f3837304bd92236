//! `coffer scope`

mod add;
mod list;

use clap::Subcommand;

use crate::arguments::Global;
use crate::failure::Result;

/// What to do with the scopes.
#[derive(Subcommand)]
pub(crate) enum Scope {
    Add(add::Add),
    #[command(visible_alias = "ls")]
    List(list::List),
}

impl Scope {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        match self {
            Self::Add(add) => add.run(global),
            Self::List(list) => list.run(global),
        }
    }
}
