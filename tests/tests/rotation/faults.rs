//! Answers that get lost: what was asked is done, and nobody says so.

use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use coffer_backend::{
    BatchResult, Capabilities, Error as StoreError, Result as StoreResult, SecretStore,
};
use coffer_rotation::machine::{Demand, Error, Nobody};
use coffer_rotation::policy::Strategy;
use coffer_rotation::source::OneStore;
use coffer_rotation::target::{Change, RealTargets, Target, TargetError, TargetSpec, Targets};
use coffer_vault::{
    MetadataChange, PutRequest, Secret, SecretMetadata, SecretName, SecretVersion, Stage,
    Timestamp, VersionMetadata, VersionSelector,
};

use crate::bench::{Bench, now, policy};

/// A store of which the answer to one write gets lost after it is done.
struct Lossy<'a> {
    store: &'a dyn SecretStore,
    lost: usize,
    written: AtomicUsize,
}

impl Lossy<'_> {
    fn answer<T>(&self, result: StoreResult<T>) -> StoreResult<T> {
        if self.written.fetch_add(1, Ordering::SeqCst) == self.lost {
            return Err(StoreError::Stopped);
        }
        result
    }
}

#[async_trait]
impl SecretStore for Lossy<'_> {
    fn kind(&self) -> &'static str {
        self.store.kind()
    }

    fn capabilities(&self) -> Capabilities {
        self.store.capabilities()
    }

    async fn get(&self, name: &SecretName, which: VersionSelector) -> StoreResult<SecretVersion> {
        self.store.get(name, which).await
    }

    async fn get_many(&self, wanted: &[(SecretName, VersionSelector)]) -> BatchResult {
        self.store.get_many(wanted).await
    }

    async fn put(&self, name: &SecretName, request: PutRequest) -> StoreResult<VersionMetadata> {
        self.answer(self.store.put(name, request).await)
    }

    async fn metadata(&self, name: &SecretName) -> StoreResult<SecretMetadata> {
        self.store.metadata(name).await
    }

    async fn version_metadata(
        &self,
        name: &SecretName,
        which: VersionSelector,
    ) -> StoreResult<VersionMetadata> {
        self.store.version_metadata(name, which).await
    }

    async fn versions(&self, name: &SecretName) -> StoreResult<Vec<VersionMetadata>> {
        self.store.versions(name).await
    }

    async fn list(&self, prefix: &str) -> StoreResult<Vec<SecretMetadata>> {
        self.store.list(prefix).await
    }

    async fn update(
        &self,
        name: &SecretName,
        change: MetadataChange,
    ) -> StoreResult<SecretMetadata> {
        self.answer(self.store.update(name, change).await)
    }

    async fn promote(
        &self,
        name: &SecretName,
        version: u64,
        change: MetadataChange,
    ) -> StoreResult<SecretMetadata> {
        self.answer(self.store.promote(name, version, change).await)
    }

    async fn unstage(&self, name: &SecretName, stage: Stage) -> StoreResult<SecretMetadata> {
        self.answer(self.store.unstage(name, stage).await)
    }

    async fn set_enabled(
        &self,
        name: &SecretName,
        version: u64,
        enabled: bool,
    ) -> StoreResult<VersionMetadata> {
        self.answer(self.store.set_enabled(name, version, enabled).await)
    }

    async fn destroy(
        &self,
        name: &SecretName,
        versions: &[u64],
    ) -> StoreResult<Vec<VersionMetadata>> {
        self.store.destroy(name, versions).await
    }

    async fn delete(
        &self,
        name: &SecretName,
        recoverable_until: Timestamp,
    ) -> StoreResult<SecretMetadata> {
        self.store.delete(name, recoverable_until).await
    }

    async fn restore(&self, name: &SecretName) -> StoreResult<SecretMetadata> {
        self.store.restore(name).await
    }

    async fn purge(&self, name: &SecretName) -> StoreResult<()> {
        self.store.purge(name).await
    }

    async fn matches_current(&self, name: &SecretName, value: &Secret) -> StoreResult<bool> {
        self.store.matches_current(name, value).await
    }
}

#[tokio::test]
async fn a_write_whose_answer_gets_lost_is_neither_lost_nor_repeated() {
    let bench = Bench::new().await;
    let secrets = OneStore(&bench.store);
    let targets = RealTargets::new(&secrets);
    for strategy in [Strategy::Single, Strategy::Alternating] {
        let policy = policy(strategy);
        let mut writes = 0;
        for lost in 0.. {
            bench.reset().await;
            let store = Lossy {
                store: &bench.store,
                lost,
                written: AtomicUsize::new(0),
            };
            let when = format!("{strategy:?}, the answer to write {lost} lost");
            bench
                .rotate_with(&store, &targets, &policy, &now(), &Nobody)
                .await
                .unwrap_or_else(|error| panic!("{when}: {error}"));
            assert_eq!(bench.found().await.latest, 2, "{when}");
            bench
                .insist_on_the_end(&policy, strategy == Strategy::Alternating, &when)
                .await;
            if lost >= store.written.load(Ordering::SeqCst) {
                break;
            }
            writes += 1;
        }
        assert!(writes >= 4, "put, set, tested, promoted: {writes}");
    }
}

/// A server of which every answer gets lost after what was asked is done.
struct Mute<'a>(RealTargets<'a>);

struct MuteServer(Box<dyn Target>);

#[async_trait]
impl Targets for Mute<'_> {
    async fn open(&self, spec: &TargetSpec) -> Result<Box<dyn Target>, TargetError> {
        Ok(Box::new(MuteServer(self.0.open(spec).await?)))
    }
}

#[async_trait]
impl Target for MuteServer {
    async fn set(&self, change: &Change<'_>) -> Result<(), TargetError> {
        self.0.set(change).await?;
        Err(TargetError::NoAnswer {
            system: "the test".into(),
            why: "the answer was lost".into(),
        })
    }

    async fn test(&self, change: &Change<'_>) -> Result<(), TargetError> {
        self.0.test(change).await
    }

    async fn revoke(&self, change: &Change<'_>) -> Result<(), TargetError> {
        self.0.revoke(change).await
    }
}

#[tokio::test]
async fn a_server_whose_answer_gets_lost_after_the_change_is_asked_again() {
    let bench = Bench::new().await;
    let secrets = OneStore(&bench.store);
    let mute = Mute(RealTargets::new(&secrets));
    for strategy in [Strategy::Single, Strategy::Alternating] {
        bench.reset().await;
        let policy = policy(strategy);
        let error = bench
            .rotate_with(&bench.store, &mute, &policy, &now(), &Nobody)
            .await
            .unwrap_err();
        assert!(matches!(error, Error::Stopped { .. }), "{error}");
        bench
            .insist_that_one_works(&policy, "after the lost answer")
            .await;
        bench.rotate(&policy, &Demand::IfDue).await.unwrap();
        assert_eq!(bench.found().await.latest, 2);
        bench
            .insist_on_the_end(&policy, strategy == Strategy::Alternating, "in the end")
            .await;
    }
}
