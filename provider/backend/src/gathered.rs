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

#[derive(Default)]
struct State {
    /// Reads that nobody has asked the system for yet, in the order they came.
    waiting: Vec<Key>,
    /// Who wants to know, of all reads that have no answer yet.
    wanted: HashMap<Key, Vec<oneshot::Sender<Result<SecretVersion>>>>,
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
        let name = &self.name;
        self.shared.state().kept.retain(|(kept, _), _| kept != name);
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
    async fn ask(&self, key: Key) {
        if self.batches() {
            tokio::time::sleep(GATHERING).await;
        }
        // It is never closed.
        let Ok(_permit) = self.permit().await else {
            return;
        };
        let keys = if self.batches() {
            // Taken only now: what has come while there was no room goes along.
            std::mem::take(&mut self.state().waiting)
        } else {
            vec![key]
        };
        let answers = match keys.as_slice() {
            [(name, which)] => vec![self.inner.get(name, *which).await],
            keys => match self.inner.get_many(keys).await {
                Ok(answers) => answers,
                Err(error) => keys.iter().map(|_| Err(error.clone())).collect(),
            },
        };
        let mut state = self.state();
        for (key, answer) in keys.into_iter().zip(answers) {
            for one in state.wanted.remove(&key).unwrap_or_default() {
                // Whoever is gone does not want to know any more.
                let _ = one.send(answer.clone());
            }
            if let (Some(keep_for), Ok(found)) = (self.keep_for, answer) {
                let until = Instant::now() + keep_for;
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
            let askers = state.wanted.entry(key.clone()).or_default();
            askers.push(tell);
            let is_first = askers.len() == 1;
            if is_first && self.shared.batches() {
                state.waiting.push(key.clone());
                state.waiting.len() == 1
            } else {
                is_first
            }
        };
        if begins {
            let shared = Arc::clone(&self.shared);
            // A task of its own: whoever asked first may give up, the others wait on.
            tokio::spawn(async move { shared.ask(key).await });
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
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// A store of one value under every name, which counts how it is asked and batches or not.
    struct Counting {
        batches: bool,
        gets: AtomicUsize,
        batched: AtomicUsize,
        under_way: AtomicUsize,
        most: AtomicUsize,
    }

    impl Counting {
        fn new(batches: bool) -> Arc<Self> {
            Arc::new(Self {
                batches,
                gets: AtomicUsize::new(0),
                batched: AtomicUsize::new(0),
                under_way: AtomicUsize::new(0),
                most: AtomicUsize::new(0),
            })
        }
    }

    fn nothing<T>() -> Result<T> {
        Err(Error::Stopped)
    }

    #[async_trait]
    impl SecretStore for Counting {
        fn kind(&self) -> &'static str {
            "aws"
        }

        fn capabilities(&self) -> Capabilities {
            let batch_read = if self.batches {
                Support::Native
            } else {
                Support::Missing
            };
            Capabilities {
                batch_read,
                ..Capabilities::ALL
            }
        }

        async fn get(&self, name: &SecretName, _: VersionSelector) -> Result<SecretVersion> {
            self.gets.fetch_add(1, Ordering::SeqCst);
            let under_way = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(under_way, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(5)).await;
            self.under_way.fetch_sub(1, Ordering::SeqCst);
            if name.as_str() == "missing" {
                return Err(Error::NotFound {
                    system: "a test",
                    name: name.clone(),
                });
            }
            let version = VersionMetadata::new(name.clone(), 1, Timestamp::now());
            Ok(SecretVersion::new(
                Secret::copy_from(name.as_str().as_bytes()),
                version,
            ))
        }

        async fn get_many(&self, wanted: &[(SecretName, VersionSelector)]) -> BatchResult {
            self.batched.fetch_add(1, Ordering::SeqCst);
            let mut answers = Vec::new();
            for (name, which) in wanted {
                answers.push(self.get(name, *which).await);
            }
            Ok(answers)
        }

        async fn put(&self, name: &SecretName, _: PutRequest) -> Result<VersionMetadata> {
            Ok(VersionMetadata::new(name.clone(), 2, Timestamp::now()))
        }

        async fn metadata(&self, _: &SecretName) -> Result<SecretMetadata> {
            nothing()
        }

        async fn version_metadata(
            &self,
            _: &SecretName,
            _: VersionSelector,
        ) -> Result<VersionMetadata> {
            nothing()
        }

        async fn versions(&self, _: &SecretName) -> Result<Vec<VersionMetadata>> {
            nothing()
        }

        async fn list(&self, _: &str) -> Result<Vec<SecretMetadata>> {
            nothing()
        }

        async fn update(&self, _: &SecretName, _: MetadataChange) -> Result<SecretMetadata> {
            nothing()
        }

        async fn promote(
            &self,
            _: &SecretName,
            _: u64,
            _: MetadataChange,
        ) -> Result<SecretMetadata> {
            nothing()
        }

        async fn unstage(&self, _: &SecretName, _: Stage) -> Result<SecretMetadata> {
            nothing()
        }

        async fn set_enabled(&self, _: &SecretName, _: u64, _: bool) -> Result<VersionMetadata> {
            nothing()
        }

        async fn destroy(&self, _: &SecretName, _: &[u64]) -> Result<Vec<VersionMetadata>> {
            nothing()
        }

        async fn delete(&self, _: &SecretName, _: Timestamp) -> Result<SecretMetadata> {
            nothing()
        }

        async fn restore(&self, _: &SecretName) -> Result<SecretMetadata> {
            nothing()
        }

        async fn purge(&self, _: &SecretName) -> Result<()> {
            nothing()
        }
    }

    fn name(text: &str) -> SecretName {
        SecretName::parse(text).unwrap()
    }

    async fn read(store: &GatheredReads, names: &[String]) -> Vec<Result<SecretVersion>> {
        let names: Vec<_> = names.iter().map(|it| name(it)).collect();
        join_all(
            names
                .iter()
                .map(|name| store.get(name, VersionSelector::Current)),
        )
        .await
    }

    #[tokio::test]
    async fn reads_at_the_same_time_share_round_trips_and_get_each_its_own_answer() {
        let counting = Counting::new(true);
        let store = GatheredReads::new(counting.clone(), 8, None);
        let mut names: Vec<_> = (0..30).map(|number| format!("s{number}")).collect();
        names.push("missing".to_owned());
        let answers = read(&store, &names).await;
        for (name, answer) in names.iter().zip(&answers) {
            match answer {
                Ok(found) => assert_eq!(found.value.danger_expose(), name.as_bytes()),
                Err(error) => assert!(error.is_missing_secret() && name == "missing"),
            }
        }
        assert!(counting.batched.load(Ordering::SeqCst) <= 2);
    }

    #[tokio::test]
    async fn the_same_value_is_asked_for_once_and_kept_only_if_that_is_wanted() {
        for (keep_for, asked_for) in [(None, 2), (Some(Duration::from_secs(60)), 1)] {
            let counting = Counting::new(false);
            let store = GatheredReads::new(counting.clone(), 8, keep_for);
            let names = vec!["same".to_owned(); 10];
            assert!(read(&store, &names).await.iter().all(Result::is_ok));
            assert!(read(&store, &names).await.iter().all(Result::is_ok));
            assert_eq!(counting.gets.load(Ordering::SeqCst), asked_for);
        }
    }

    #[tokio::test]
    async fn a_write_ends_what_is_kept() {
        let counting = Counting::new(false);
        let store = GatheredReads::new(counting.clone(), 8, Some(Duration::from_secs(60)));
        let names = ["same".to_owned()];
        read(&store, &names).await;
        let put = PutRequest::new(Secret::copy_from(b"fake"));
        store.put(&name("same"), put).await.unwrap();
        read(&store, &names).await;
        assert_eq!(counting.gets.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn no_more_requests_are_under_way_than_allowed() {
        let counting = Counting::new(false);
        let store = GatheredReads::new(counting.clone(), 3, None);
        let wanted: Vec<_> = (0..12).map(|number| name(&format!("s{number}"))).collect();
        let wanted: Vec<_> = wanted
            .into_iter()
            .map(|name| (name, VersionSelector::Current))
            .collect();
        let answers = store.get_many(&wanted).await.unwrap();
        assert!(answers.iter().all(Result::is_ok));
        assert!(counting.most.load(Ordering::SeqCst) <= 3);
    }
}
