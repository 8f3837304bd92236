//! Reads that come one by one, made together: for systems that are reached over a network.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use coffer_vault::{
    MetadataChange, PutRequest, Secret, SecretMetadata, SecretName, SecretVersion, Stage,
    Timestamp, VersionMetadata, VersionSelector,
};
use futures_util::future::join_all;
use tokio::sync::{Semaphore, SemaphorePermit, oneshot};

use crate::capabilities::{Capabilities, Support};
use crate::embedded::EmbeddedStore;
use crate::error::{Error, Result};
use crate::native::{NativeRotation, RotationOrder};
use crate::store::{BatchResult, SecretStore};

/// How long a read waits for others that can go in the same round trip. Terraform opens ten objects at a time, within
/// a millisecond or two.
const GATHERING: Duration = Duration::from_millis(3);

/// A store in front of another one that asks for the same value once, for several values together where the system can
/// do that, and for no more at a time than it is told to.
///
/// Values are kept only for as long as `keep_for` says, in memory that is wiped, and not after a write to their secret
/// from here.
pub struct GatheredReads {
    shared: Arc<Shared>,
}

struct Shared {
    inner: Arc<dyn SecretStore>,
    permits: Semaphore,
    keep_for: Option<Duration>,
    state: Mutex<State>,
}

type Key = (SecretName, VersionSelector);

/// A read, and how many writes had ended when it was asked for: what is asked for after a write is not answered by a read
/// that began before it.
type Flight = (Key, u64);

#[derive(Default)]
struct State {
    /// How many writes have ended.
    writes: u64,
    /// Reads that nobody has asked the system for yet, in the order they came.
    waiting: Vec<Flight>,
    /// Who wants to know, of all reads that have no answer yet.
    wanted: HashMap<Flight, Vec<oneshot::Sender<Result<SecretVersion>>>>,
    /// Values that are kept, and until when.
    kept: HashMap<Key, (Instant, SecretVersion)>,
}

impl GatheredReads {
    /// `inner`, with at most `at_a_time` requests under way; at least one is.
    pub fn new(inner: Arc<dyn SecretStore>, at_a_time: usize, keep_for: Option<Duration>) -> Self {
        Self {
            shared: Arc::new(Shared {
                inner,
                permits: Semaphore::new(at_a_time.max(1)),
                keep_for,
                state: Mutex::default(),
            }),
        }
    }

    /// The store, once there is room for one more request.
    async fn inner(&self) -> Result<(&dyn SecretStore, SemaphorePermit<'_>)> {
        let permit = self.shared.permit().await?;
        Ok((self.shared.inner.as_ref(), permit))
    }

    /// The same for a write, after which nothing kept of the secret counts.
    async fn write(&self, name: &SecretName) -> Result<Write<'_>> {
        Ok(Write {
            _permit: self.shared.permit().await?,
            shared: &self.shared,
            name: name.clone(),
        })
    }
}

/// A write under way. When it ends, with whatever outcome, what was kept of the secret is forgotten.
struct Write<'a> {
    shared: &'a Shared,
    name: SecretName,
    _permit: SemaphorePermit<'a>,
}

impl Write<'_> {
    fn inner(&self) -> &dyn SecretStore {
        self.shared.inner.as_ref()
    }
}

impl Drop for Write<'_> {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        state.writes = state.writes.wrapping_add(1);
        state.kept.retain(|(kept, _), _| *kept != self.name);
    }
}

impl Shared {
    async fn permit(&self) -> Result<SemaphorePermit<'_>> {
        self.permits.acquire().await.map_err(|_| Error::Stopped)
    }

    /// The state; a thread that panicked while it held the lock has left it whole.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether several values are one round trip.
    fn batches(&self) -> bool {
        self.inner.capabilities().batch_read == Support::Native
    }

    /// Asks for `key`, or in a system with batches for all that waits, and tells everybody who wants to know.
    async fn ask(&self, flight: Flight) {
        if self.batches() {
            tokio::time::sleep(GATHERING).await;
        }
        // It is never closed.
        let Ok(_permit) = self.permit().await else {
            return;
        };
        let flights = if self.batches() {
            // Taken only now: what has come while there was no room goes along.
            std::mem::take(&mut self.state().waiting)
        } else {
            vec![flight]
        };
        let keys: Vec<Key> = flights.iter().map(|(key, _)| key.clone()).collect();
        let answers = match keys.as_slice() {
            [(name, which)] => vec![self.inner.get(name, *which).await],
            keys => match self.inner.get_many(keys).await {
                Ok(answers) => answers,
                Err(error) => keys.iter().map(|_| Err(error.clone())).collect(),
            },
        };
        let mut state = self.state();
        for (flight, answer) in flights.into_iter().zip(answers) {
            for one in state.wanted.remove(&flight).unwrap_or_default() {
                // Whoever is gone does not want to know any more.
                let _ = one.send(answer.clone());
            }
            let (key, writes) = flight;
            if let (Some(keep_for), Ok(found)) = (self.keep_for, answer)
                && writes == state.writes
                && let Some(until) = Instant::now().checked_add(keep_for)
            {
                state.kept.insert(key, (until, found));
            }
        }
    }
}

#[async_trait]
impl SecretStore for GatheredReads {
    fn kind(&self) -> &'static str {
        self.shared.inner.kind()
    }

    fn capabilities(&self) -> Capabilities {
        self.shared.inner.capabilities()
    }

    fn embedded(&self) -> Option<&EmbeddedStore> {
        self.shared.inner.embedded()
    }

    #[cfg(feature = "vault")]
    fn vault_server(&self) -> Option<&crate::VaultStore> {
        self.shared.inner.vault_server()
    }

    fn caveat(&self, name: &SecretName) -> Option<String> {
        self.shared.inner.caveat(name)
    }

    async fn get(&self, name: &SecretName, which: VersionSelector) -> Result<SecretVersion> {
        let key = (name.clone(), which);
        let (tell, told) = oneshot::channel();
        let begins = {
            let mut state = self.shared.state();
            let now = Instant::now();
            state.kept.retain(|_, (until, _)| *until > now);
            if let Some((_, found)) = state.kept.get(&key) {
                return Ok(found.clone());
            }
            let flight = (key, state.writes);
            let askers = state.wanted.entry(flight.clone()).or_default();
            askers.push(tell);
            let is_first = askers.len() == 1;
            let begins = if is_first && self.shared.batches() {
                state.waiting.push(flight.clone());
                state.waiting.len() == 1
            } else {
                is_first
            };
            begins.then_some(flight)
        };
        if let Some(flight) = begins {
            let shared = Arc::clone(&self.shared);
            // A task of its own: whoever asked first may give up, the others wait on.
            tokio::spawn(async move { shared.ask(flight).await });
        }
        told.await.unwrap_or(Err(Error::Stopped))
    }

    async fn get_many(&self, wanted: &[(SecretName, VersionSelector)]) -> BatchResult {
        if self.shared.batches() {
            let (inner, _permit) = self.inner().await?;
            return inner.get_many(wanted).await;
        }
        Ok(join_all(wanted.iter().map(|(name, which)| self.get(name, *which))).await)
    }

    async fn put(&self, name: &SecretName, request: PutRequest) -> Result<VersionMetadata> {
        self.write(name).await?.inner().put(name, request).await
    }

    async fn metadata(&self, name: &SecretName) -> Result<SecretMetadata> {
        let (inner, _permit) = self.inner().await?;
        inner.metadata(name).await
    }

    async fn version_metadata(
        &self,
        name: &SecretName,
        which: VersionSelector,
    ) -> Result<VersionMetadata> {
        let (inner, _permit) = self.inner().await?;
        inner.version_metadata(name, which).await
    }

    async fn versions(&self, name: &SecretName) -> Result<Vec<VersionMetadata>> {
        let (inner, _permit) = self.inner().await?;
        inner.versions(name).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<SecretMetadata>> {
        let (inner, _permit) = self.inner().await?;
        inner.list(prefix).await
    }

    async fn update(&self, name: &SecretName, change: MetadataChange) -> Result<SecretMetadata> {
        self.write(name).await?.inner().update(name, change).await
    }

    async fn native_rotation(&self, name: &SecretName) -> Result<NativeRotation> {
        let (inner, _permit) = self.inner().await?;
        inner.native_rotation(name).await
    }

    async fn rotate_natively(&self, name: &SecretName, order: &RotationOrder) -> Result<()> {
        let write = self.write(name).await?;
        write.inner().rotate_natively(name, order).await
    }

    async fn promote(
        &self,
        name: &SecretName,
        version: u64,
        change: MetadataChange,
    ) -> Result<SecretMetadata> {
        let write = self.write(name).await?;
        write.inner().promote(name, version, change).await
    }

    async fn unstage(&self, name: &SecretName, stage: Stage) -> Result<SecretMetadata> {
        self.write(name).await?.inner().unstage(name, stage).await
    }

    async fn set_enabled(
        &self,
        name: &SecretName,
        version: u64,
        enabled: bool,
    ) -> Result<VersionMetadata> {
        let write = self.write(name).await?;
        write.inner().set_enabled(name, version, enabled).await
    }

    async fn destroy(&self, name: &SecretName, versions: &[u64]) -> Result<Vec<VersionMetadata>> {
        self.write(name)
            .await?
            .inner()
            .destroy(name, versions)
            .await
    }

    async fn delete(
        &self,
        name: &SecretName,
        recoverable_until: Timestamp,
    ) -> Result<SecretMetadata> {
        let write = self.write(name).await?;
        write.inner().delete(name, recoverable_until).await
    }

    async fn restore(&self, name: &SecretName) -> Result<SecretMetadata> {
        self.write(name).await?.inner().restore(name).await
    }

    async fn purge(&self, name: &SecretName) -> Result<()> {
        self.write(name).await?.inner().purge(name).await
    }

    async fn matches_current(&self, name: &SecretName, value: &Secret) -> Result<bool> {
        let (inner, _permit) = self.inner().await?;
        inner.matches_current(name, value).await
    }

    async fn close(&self) {
        self.shared.state().kept.clear();
        self.shared.inner.close().await;
    }
}

#[cfg(test)]
mod tests;
