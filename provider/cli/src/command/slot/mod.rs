//! `coffer slot`

mod add;
mod list;
mod remove;

use clap::Subcommand;

use crate::arguments::Global;
use crate::failure::Result;

/// What to do with the slots.
#[derive(Subcommand)]
pub(crate) enum Slot {
    Add(add::Add),
    Remove(remove::Remove),
    #[command(visible_alias = "ls")]
    List(list::List),
}

impl Slot {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        match self {
            Self::Add(add) => add.run(global),
            Self::Remove(remove) => remove.run(global),
            Self::List(list) => list.run(global),
        }
    }
}
