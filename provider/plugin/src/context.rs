//! What a handler is given beside its configuration.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio_util::sync::CancellationToken;
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::private_state::PrivateState;
use crate::provider::Provider;

/// What the host said about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Host {
    /// The version of Terraform or OpenTofu, from `Configure`.
    pub terraform_version: String,
    /// `client_capabilities.deferral_allowed` of `Configure`. Terraform 1.11 sets it in the apply walk only.
    pub deferral_allowed: bool,
    /// Whether `Configure` had capabilities at all. Terraform sends them since 1.9; OpenTofu does not, so that
    /// with it `deferral_allowed` tells nothing.
    pub tells_capabilities: bool,
}

/// What the host is able to do, as it said with this very call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClientCapabilities {
    /// It takes deferred answers. This SDK never gives one.
    pub deferral_allowed: bool,
    /// It keeps write-only values out of state.
    pub write_only_attributes_allowed: bool,
}

/// One running call: its cancellation, its warnings, its capabilities, its private state.
pub struct Call {
    pub(crate) rpc: &'static str,
    pub(crate) id: String,
    pub(crate) cancel: CancellationToken,
    /// Held while the handler is at work, so that the end of the process waits for it.
    pub(crate) _running: TaskTrackerToken,
    pub(crate) capabilities: ClientCapabilities,
    pub(crate) host: Host,
    pub(crate) deadline: Option<Instant>,
    pub(crate) diagnostics: Mutex<Diagnostics>,
    pub(crate) private: Mutex<PrivateState>,
}

impl Call {
    /// The name of the RPC.
    #[must_use]
    pub fn rpc(&self) -> &'static str {
        self.rpc
    }

    /// A random name of this call, as it stands in the log (`tf_req_id`).
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.id
    }

    /// What the host said when it configured the provider.
    #[must_use]
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// What the host can do, as said with this call.
    #[must_use]
    pub fn capabilities(&self) -> ClientCapabilities {
        self.capabilities
    }

    /// When the call's time is up, from `timeouts {}` or the default.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// Whether the user has interrupted Terraform, or time is up. Finish soon, and say what was left undone.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }

    /// Waits until the call is cancelled; for `select!` beside a slow operation.
    pub async fn cancelled(&self) {
        self.cancel.cancelled().await;
    }

    /// A handle on the cancellation that can be moved into blocking work.
    #[must_use]
    pub fn cancellation(&self) -> CancellationToken {
        self.cancel.clone()
    }

    /// Runs synchronous work (a database, a key derivation) on a thread made for it.
    pub async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> T {
        match tokio::task::spawn_blocking(work).await {
            Ok(result) => result,
            Err(error) => match error.try_into_panic() {
                // The RPC turns it into a diagnostic, as any other panic of a handler.
                Ok(payload) => std::panic::resume_unwind(payload),
                // The runtime is going away, and this task with it.
                Err(_) => std::future::pending().await,
            },
        }
    }

    /// Reports a warning, or an error beside a result: an `apply` that got half way returns the state that it
    /// reached and reports why it went no further.
    pub fn report(&self, diagnostic: Diagnostic) {
        lock(&self.diagnostics).push(diagnostic);
    }

    /// Reports a warning.
    pub fn warn(&self, summary: impl Into<String>, detail: impl Into<String>) {
        self.report(Diagnostic::warning(summary, detail));
    }

    /// The resource's private state: stored beside the state, shown to nobody, but not secret.
    pub fn private(&self) -> MutexGuard<'_, PrivateState> {
        lock(&self.private)
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("rpc", &self.rpc)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// A [`Call`] with the configured provider's data.
pub struct Context<P: Provider> {
    call: Call,
    data: Arc<P::Data>,
}

impl<P: Provider> Context<P> {
    pub(crate) fn new(call: Call, data: Arc<P::Data>) -> Self {
        Self { call, data }
    }

    /// What [`Provider::configure`] returned.
    #[must_use]
    pub fn data(&self) -> &Arc<P::Data> {
        &self.data
    }
}

impl<P: Provider> Deref for Context<P> {
    type Target = Call;

    fn deref(&self) -> &Call {
        &self.call
    }
}

impl<P: Provider> fmt::Debug for Context<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.call.fmt(f)
    }
}

/// A panic of one handler leaves nothing half written under these locks.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
