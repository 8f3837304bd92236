//! Ending what earlier runs handed out and could not take back: they were killed, or the machine went down.

use coffer_backend::EmbeddedStore;
use coffer_plugin::log;
use coffer_vault::{ErrorKind, Result, Vault};
use serde_json::json;

use crate::token_lease;

/// Revokes the leases of processes that are gone, and those that have run out. What cannot be revoked stays in the
/// journal, with the reason, for the next sweep.
pub(crate) async fn sweep(store: &EmbeddedStore) {
    match store.with(|vault| sweep_vault(&vault)).await {
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

fn sweep_vault(vault: &Vault) -> Result<usize> {
    let mut revoked: usize = 0;
    for lease in vault.abandoned_leases()? {
        let ended = match lease.kind.as_str() {
            token_lease::KIND => token_lease::revoke_marked(vault, &lease.revocation),
            // Another program's, which knows how to revoke it.
            _ => continue,
        };
        match ended {
            Ok(()) => {
                vault.close_lease(&lease.id)?;
                revoked = revoked.saturating_add(1);
            }
            Err(error) => {
                vault.lease_failed(&lease.id, &error.to_string())?;
            }
        }
    }
    Ok(revoked)
}
