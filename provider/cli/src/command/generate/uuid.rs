//! `coffer generate uuid`

use clap::Args;
use coffer_rotation::generator;

use super::Target;
use crate::arguments::Global;
use crate::failure::Result;

/// Generate a random UUID (version 4): 122 bits of entropy.
#[derive(Args)]
pub(crate) struct Uuid {
    #[command(flatten)]
    target: Target,
}

impl Uuid {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        self.target.deliver(&generator::uuid()?, global)
    }
}
