//! `coffer lease revoke`

use clap::Args;
use coffer_backend::EmbeddedStore;
use coffer_rotation::lease;
use coffer_vault::{Error, Lease};

use super::told::tell;
use crate::arguments::Global;
use crate::failure::{Failure, Result};
use crate::runtime::block_on;
use crate::session;

/// Take credentials back now, also those that are in use and those that could not be revoked before.
#[derive(Args)]
pub(crate) struct Revoke {
    /// The leases, from `coffer lease list`
    #[arg(required = true, value_name = "LEASE")]
    leases: Vec<String>,
}

impl Revoke {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let store = EmbeddedStore::opened(session::open(global)?);
        let (mut revoked, mut failed) = (Vec::new(), Vec::new());
        block_on(async {
            for lease in self.find(&store).await? {
                match lease::end(&store, &lease).await {
                    Ok(()) => revoked.push(lease),
                    Err(error) => failed.push((lease, error)),
                }
            }
            Ok(())
        })?;
        tell(global, &revoked, &failed)
    }

    /// The leases that are named. Nothing is revoked where one of them is not there.
    async fn find(&self, store: &EmbeddedStore) -> Result<Vec<Lease>> {
        let open = store.with(|vault| vault.leases()).await?;
        let find = |id: &String| {
            let found = open.iter().find(|lease| lease.id == *id).cloned();
            found.ok_or_else(|| Failure::from(Error::NoSuchLease { id: id.clone() }))
        };
        self.leases.iter().map(find).collect()
    }
}
