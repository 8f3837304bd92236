//! `coffer lease sweep`

use clap::Args;
use coffer_backend::EmbeddedStore;
use coffer_rotation::lease;

use super::told::tell;
use crate::arguments::{Format, Global};
use crate::failure::Result;
use crate::runtime::block_on;
use crate::{output, session};

/// Take back what was left behind: credentials that have run out, and those of processes of this machine that are gone.
///
/// The provider does this by itself at its next start; this is for when there is no next start soon. What cannot be revoked
/// stays in the journal with the reason, and after six failures nobody tries again unasked: see `coffer lease revoke`.
#[derive(Args)]
pub(crate) struct Sweep {}

impl Sweep {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let store = EmbeddedStore::opened(session::open(global)?);
        let swept = block_on(async { Ok(lease::sweep(&store).await?) })?;
        if global.format == Format::Text && swept.revoked.is_empty() && swept.failed.is_empty() {
            return output::line("Nothing was left behind.");
        }
        tell(global, &swept.revoked, &swept.failed)
    }
}
