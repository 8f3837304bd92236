//! Leases that a HashiCorp Vault or OpenBao server keeps.

use coffer_backend::{ErrorKind, VaultLease, VaultLeaseRequest, VaultStore};
use coffer_plugin::Diagnostic;
use coffer_vault::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::failure::cannot;
use crate::period::from_now;

/// What renewing and revoking a lease need.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ServerLease {
    id: String,
    is_renewable: bool,
    /// For how long it is asked to be valid when it is renewed; what the engine has set where none is wished for.
    ttl_seconds: Option<i64>,
}

/// Asks a dynamic engine. What it gives without a lease, such as a static role's password, has nothing to give back.
pub(crate) async fn open(
    server: &VaultStore,
    request: &VaultLeaseRequest,
    ttl: Option<SignedDuration>,
) -> Result<(VaultLease, Option<ServerLease>), Diagnostic> {
    let given = server
        .lease(request)
        .await
        .map_err(|error| cannot(&format!("get a lease of {}", request.path), &error).at("path"))?;
    let lease = (!given.id.is_empty()).then(|| ServerLease {
        id: given.id.clone(),
        is_renewable: given.is_renewable,
        ttl_seconds: ttl.map(|ttl| ttl.as_secs()),
    });
    Ok((given, lease))
}

impl ServerLease {
    /// The lease's id.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// Whether renewing can do anything.
    pub(crate) fn is_renewable(&self) -> bool {
        self.is_renewable
    }

    /// Extends it, and says until when it is valid now; none where the server says nothing of an end.
    pub(crate) async fn renew(&self, server: &VaultStore) -> Result<Option<Timestamp>, Diagnostic> {
        let wanted = self.ttl_seconds.map(SignedDuration::from_secs);
        let length = server
            .renew_lease(&self.id, wanted)
            .await
            .map_err(|error| cannot(&format!("renew the lease {}", self.id), &error))?;
        Ok((length > SignedDuration::ZERO).then(|| from_now(length)))
    }

    /// Revokes it.
    pub(crate) async fn revoke(&self, server: &VaultStore) -> Result<(), Diagnostic> {
        server.revoke_lease(&self.id).await.map_err(|error| {
            let mut diagnostic = cannot(&format!("revoke the lease {}", self.id), &error);
            if error.kind() == ErrorKind::Denied {
                diagnostic.detail.push_str(
                    " Revoking needs `update` on sys/leases/revoke, unless the token may make child tokens: then one is made \
                     for the run, and the lease ends with it. This one ends by itself.",
                );
            }
            diagnostic
        })
    }
}
