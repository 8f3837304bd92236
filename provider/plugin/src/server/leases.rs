//! The ephemeral resources that are open. Terraform skips their close after some errors and interruptions; the
//! end of the process then makes up for it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use tokio::sync::{RwLock, RwLockReadGuard};
use tokio::task::JoinSet;

use crate::context::lock;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::log::{self, Level};
use crate::provider::Provider;

use super::supervise::{Interruption, supervise};
use super::{CallSpec, Server};

/// What travels as the private data of an ephemeral resource. It stays the same from open through renew to close,
/// because Terraform closes with that of open and OpenTofu with that of the last renewal.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Private {
    /// The name of the lease in this process.
    pub(super) id: String,
    /// What the author keeps.
    pub(super) lease: Json,
}

impl Private {
    pub(super) fn new(lease: Json) -> Self {
        Self {
            id: crate::random::hex::<16>(),
            lease,
        }
    }

    pub(super) fn from_bytes(bytes: Option<&[u8]>) -> Result<Self, Diagnostics> {
        serde_json::from_slice(bytes.unwrap_or_default()).map_err(|_| {
            Diagnostic::error(
                "Private data is missing",
                "The host called without the private data of the ephemeral resource, or with other data. \
                 What is open is closed when the provider ends.",
            )
            .into()
        })
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        // Strings and a JSON value always have a JSON form.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

#[derive(Default)]
pub(super) struct Leases {
    open: Mutex<BTreeMap<String, (String, Json)>>,
    /// Read while one is being opened: the end of the process waits for it.
    opening: RwLock<()>,
}

impl Leases {
    /// Held until what is being opened is known here.
    pub(super) async fn opening(&self) -> RwLockReadGuard<'_, ()> {
        self.opening.read().await
    }

    pub(super) fn insert(&self, type_name: &str, private: &Private) {
        let entry = (type_name.to_owned(), private.lease.clone());
        lock(&self.open).insert(private.id.clone(), entry);
    }

    pub(super) fn remove(&self, id: &str) {
        lock(&self.open).remove(id);
    }
}

impl<P: Provider> Server<P> {
    /// Closes all that is open, at the same time.
    pub(super) async fn close_leases(self: &Arc<Self>, limit: Duration) {
        // What is being opened was told to stop. A part of the time is enough to wait for it.
        let patience = limit / 2;
        let _none_opening = tokio::time::timeout(patience, self.leases.opening.write()).await;
        let open = std::mem::take(&mut *lock(&self.leases.open));
        let mut closing = JoinSet::new();
        for (type_name, lease) in open.into_values() {
            let server = Arc::clone(self);
            closing.spawn(async move {
                let closed = server.close_lease(&type_name, lease, Some(limit)).await;
                // The reason may quote what the author knows about the lease, so it is kept back.
                let (level, message) = match closed {
                    Ok(_) => (Level::Info, "Lease closed at the end"),
                    Err(_) => (Level::Error, "Lease could not be closed at the end"),
                };
                log::sdk(
                    level,
                    message,
                    &[("tf_ephemeral_resource_type", type_name.into())],
                );
            });
        }
        while closing.join_next().await.is_some() {}
    }

    /// Closes one; the warnings on success.
    pub(super) async fn close_lease(
        &self,
        type_name: &str,
        lease: Json,
        timeout: Option<Duration>,
    ) -> Result<Diagnostics, Diagnostics> {
        let offers = self.offers();
        let ephemeral = self.offered("ephemeral resource", &offers.ephemerals, type_name)?;
        let timeout = timeout.or(Some(ephemeral.timeout()));
        let spec = CallSpec {
            timeout,
            ..CallSpec::default()
        };
        let ctx = self.context("CloseEphemeralResource", spec)?;
        let closing = ephemeral.close(&ctx, lease);
        let closed = supervise(&ctx, Interruption::Costly, closing).await;
        closed.map_err(|errors| super::answer::failed(&ctx, errors))?;
        Ok(super::answer::reported(&ctx))
    }
}
