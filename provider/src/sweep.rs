//! Ending what earlier runs handed out and could not take back: they were killed, or the machine went down.

use coffer_backend::{EmbeddedStore, ErrorKind, Result};
use coffer_plugin::log;
use serde_json::json;

use crate::{database_lease, token_lease};

/// Revokes the leases of processes that are gone, and those that have run out. What cannot be revoked stays in the
/// journal, with the reason, for the next sweep.
pub(crate) async fn sweep(store: &EmbeddedStore) {
    match sweep_all(store).await {
        Ok(0) => {}
        Ok(revoked) => log::info(
            "Revoked leases that earlier runs left open",
            &[("leases", json!(revoked))],
        ),
        // A key that may not do this is no reason to fail what the user asked for; a token's run ends after the token.
        Err(error) if error.kind() == ErrorKind::Denied => {
            log::debug("The key may not sweep the leases", &[]);
        }
        Err(error) => log::warn(
            "Cannot sweep the leases",
            &[("error", json!(error.to_string()))],
        ),
    }
}

async fn sweep_all(store: &EmbeddedStore) -> Result<usize> {
    let mut revoked: usize = 0;
    for lease in store.with(|vault| vault.abandoned_leases()).await? {
        let ended = match lease.kind.as_str() {
            token_lease::KIND => {
                let mark = lease.revocation.clone();
                store
                    .with(move |vault| token_lease::revoke_marked(&vault, &mark))
                    .await
                    .map_err(|error| error.to_string())
            }
            database_lease::KIND => database_lease::revoke_abandoned(store, &lease)
                .await
                .map_err(|diagnostic| diagnostic.detail),
            // Another program's, which knows how to revoke it.
            _ => continue,
        };
        match ended {
            Ok(()) => {
                store
                    .with(move |vault| vault.close_lease(&lease.id))
                    .await?;
                revoked = revoked.saturating_add(1);
            }
            Err(why) => {
                store
                    .with(move |vault| vault.lease_failed(&lease.id, &why))
                    .await?;
            }
        }
    }
    Ok(revoked)
}
