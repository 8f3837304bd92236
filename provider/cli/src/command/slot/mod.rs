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
    /// Let another key open the vault
    Add(add::Add),
    /// Stop a key from opening the vault
    Remove(remove::Remove),
    /// List what opens the vault
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
