//! The `Provider` service. `service` hands each RPC to the module of its name; `answering` does what all have in
//! common.

mod action;
mod answer;
mod answering;
mod apply;
mod configure;
mod data_source;
mod ephemeral;
mod function;
mod generate_config;
mod identity;
mod import;
mod leases;
mod list;
mod move_state;
mod plan;
mod read;
mod schema;
mod service;
mod supervise;
#[cfg(test)]
mod tests;
mod timeouts;
mod upgrade;
mod validate;
mod values;

use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::context::{Call, ClientCapabilities, Context, Host, lock};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::offers::Offers;
use crate::private_state::PrivateState;
use crate::proto::tfplugin5 as wire;
use crate::provider::Provider;

use leases::Leases;

pub(crate) use service::Service;

/// A provider being served.
pub(crate) struct Server<P: Provider> {
    /// Built with the first call that needs it.
    offers: OnceLock<Offers<P>>,
    configured: Mutex<Option<Configured<P>>>,
    /// Cancels what runs. Each `Stop` uses one up, because calls may follow it.
    stop: Mutex<CancellationToken>,
    /// The calls whose handlers are at work, also those that the host no longer waits for.
    running: TaskTracker,
    leases: Leases,
}

/// What `Configure` left.
struct Configured<P: Provider> {
    data: Arc<P::Data>,
    host: Host,
}

impl<P: Provider> Clone for Configured<P> {
    fn clone(&self) -> Self {
        Self {
            data: Arc::clone(&self.data),
            host: self.host.clone(),
        }
    }
}

/// What is particular to one call.
#[derive(Default)]
struct CallSpec {
    capabilities: ClientCapabilities,
    private: PrivateState,
    timeout: Option<Duration>,
}

impl<P: Provider> Server<P> {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            offers: OnceLock::new(),
            configured: Mutex::new(None),
            stop: Mutex::new(CancellationToken::new()),
            running: TaskTracker::new(),
            leases: Leases::default(),
        })
    }

    fn offers(&self) -> &Offers<P> {
        self.offers.get_or_init(P::offers)
    }

    /// The registered object `name`, or a diagnostic that says that there is none.
    fn offered<'a, T: ?Sized>(
        &'a self,
        kind: &str,
        map: &'a std::collections::BTreeMap<&'static str, Box<T>>,
        name: &str,
    ) -> Result<&'a T, Diagnostics> {
        map.get(name).map(Box::as_ref).ok_or_else(|| {
            Diagnostic::error(
                format!("Unknown {kind}"),
                format!(
                    "Provider {} {} has no {kind} {name:?}. Check the name, and the version of the provider.",
                    P::NAME,
                    P::VERSION
                ),
            )
            .into()
        })
    }

    /// Starts a call that needs no configured provider.
    fn call(&self, rpc: &'static str, spec: CallSpec) -> Call {
        let host = lock(&self.configured)
            .as_ref()
            .map(|it| it.host.clone())
            .unwrap_or_default();
        Call {
            rpc,
            id: answering::request_id(),
            cancel: lock(&self.stop).child_token(),
            _running: self.running.token(),
            capabilities: spec.capabilities,
            host,
            deadline: spec
                .timeout
                .and_then(|timeout| Instant::now().checked_add(timeout)),
            diagnostics: Mutex::default(),
            private: Mutex::new(spec.private),
        }
    }

    /// Starts a call with the configured provider.
    fn context(&self, rpc: &'static str, spec: CallSpec) -> Result<Context<P>, Diagnostics> {
        let configured = lock(&self.configured).clone();
        let Some(configured) = configured else {
            return Err(Diagnostic::error(
                "Provider is not configured",
                format!("{rpc} was called before Configure. This is a bug of the host."),
            )
            .into());
        };
        Ok(Context::new(self.call(rpc, spec), configured.data))
    }

    /// Cancels what runs; what follows runs again.
    fn stop_running(&self) {
        let mut stop = lock(&self.stop);
        std::mem::replace(&mut *stop, CancellationToken::new()).cancel();
    }

    /// Stops what runs, closes what is open and lets the provider say farewell, all within `limit`.
    pub(crate) async fn wind_down(self: &Arc<Self>, limit: Duration) {
        let deadline = tokio::time::Instant::now() + limit;
        self.stop_running();
        let server = Arc::clone(self);
        let farewell = async move {
            // Work that was told to stop undoes what it had begun, for which a part of the time must do.
            server.running.close();
            let stopped = tokio::time::timeout(limit / 2, server.running.wait());
            let (_, _late) = tokio::join!(server.close_leases(limit), stopped);
            let configured = lock(&server.configured).clone();
            if let Some(configured) = configured {
                P::shutdown(&configured.data).await;
            }
        };
        // In a task of its own, so that a panic ends it and nothing else.
        let _ = tokio::time::timeout_at(deadline, tokio::spawn(farewell)).await;
    }
}

fn capabilities(from: Option<wire::ClientCapabilities>) -> ClientCapabilities {
    let from = from.unwrap_or_default();
    ClientCapabilities {
        deferral_allowed: from.deferral_allowed,
        write_only_attributes_allowed: from.write_only_attributes_allowed,
    }
}
