//! Ending what earlier runs handed out and could not take back: they were killed, or the machine went down.

use coffer_backend::{EmbeddedStore, ErrorKind};
use coffer_plugin::log;
use coffer_rotation::lease;
use serde_json::json;

/// Revokes the leases of processes that are gone, and those that have run out. What cannot be revoked stays in the
/// journal, with the reason, for the next sweep.
pub(crate) async fn sweep(store: &EmbeddedStore) {
    match lease::sweep(store).await {
        Ok(swept) if swept.revoked.is_empty() => {}
        Ok(swept) => log::info(
            "Revoked leases that earlier runs left open",
            &[("leases", json!(swept.revoked.len()))],
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
