//! A vault with a secret, a PostgreSQL with the users that it is for, and a clock that tests set.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use coffer_backend::{EmbeddedStore, Key, SecretStore};
use coffer_rotation::clock::Clock;
use coffer_rotation::machine::{Demand, Done, Error, Nobody, Observer, Point, Rotator};
use coffer_rotation::policy::{Policy, Strategy};
use coffer_rotation::source::OneStore;
use coffer_rotation::state::State;
use coffer_rotation::target::postgresql::RotatedRole;
use coffer_rotation::target::{RealTargets, TargetSpec, Targets};
use coffer_rotation::value::Format;
use coffer_vault::{
    Actor, KeySource, PutRequest, Secret, SecretMetadata, SecretName, SignedDuration, Timestamp,
    Vault, VersionSelector, create_key_file,
};
use tempfile::TempDir;
use xtask::postgres::{ADMIN, ADMIN_PASSWORD, Postgres};

/// The secret that is rotated.
pub(crate) const NAME: &str = "prod/app";
/// The secret with the administrator's connection.
pub(crate) const ADMIN_SECRET: &str = "prod/postgres";
/// The first password, which the first version of the secret has.
pub(crate) const FIRST_PASSWORD: &str = "fake-first-password";
/// The users whose password it is.
pub(crate) const USERS: [&str; 2] = ["app_a", "app_b"];

/// A clock that stands still until it is set.
pub(crate) struct FakeClock(Mutex<Timestamp>);

impl FakeClock {
    pub(crate) fn now_in_truth() -> Self {
        Self(Mutex::new(Timestamp::now()))
    }

    pub(crate) fn advance(&self, length: SignedDuration) {
        *self.0.lock().unwrap() += length;
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// Interrupts a rotation at a point.
pub(crate) struct InterruptAt(pub(crate) Point);

impl Observer for InterruptAt {
    fn reached(&self, _: &SecretName, point: Point) -> ControlFlow<()> {
        if point == self.0 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}

/// The vault's files.
pub(crate) struct Files {
    pub(crate) vault: PathBuf,
    pub(crate) key: PathBuf,
}

impl Files {
    pub(crate) fn below(folder: &Path) -> Self {
        Self {
            vault: folder.join("vault.db"),
            key: folder.join("vault.key"),
        }
    }

    pub(crate) fn open(&self) -> EmbeddedStore {
        let key = Key::Given(KeySource::KeyFile(self.key.clone()));
        EmbeddedStore::new(self.vault.clone(), key, Actor::this_process("test"))
    }
}

/// All that a test needs.
pub(crate) struct Bench {
    pub(crate) server: Postgres,
    pub(crate) folder: TempDir,
    pub(crate) store: EmbeddedStore,
    pub(crate) clock: FakeClock,
}

pub(crate) fn name(text: &str) -> SecretName {
    SecretName::parse(text).unwrap()
}

/// A policy with the strategy, on the bench's server.
pub(crate) fn policy(strategy: Strategy) -> Policy {
    let users = match strategy {
        Strategy::Single => &USERS[..1],
        Strategy::Alternating => &USERS[..],
    };
    Policy {
        strategy,
        usernames: users.iter().map(ToString::to_string).collect(),
        target: Some(TargetSpec::Postgresql(RotatedRole {
            admin_secret: ADMIN_SECRET.to_owned(),
            ..RotatedRole::default()
        })),
        value_format: Some(Format::Plain),
        ..Policy::default()
    }
}

/// Rotate now, whatever the policy says of when.
pub(crate) fn now() -> Demand {
    Demand::Now {
        reason: coffer_rotation::outlook::Reason::Asked,
        known: None,
    }
}

impl Bench {
    pub(crate) async fn new() -> Self {
        let server = Postgres::start().unwrap();
        for user in USERS {
            let statement = format!("CREATE ROLE {user} LOGIN PASSWORD '{FIRST_PASSWORD}'");
            server
                .query(ADMIN, ADMIN_PASSWORD, &statement)
                .unwrap()
                .unwrap();
        }
        let bench = Self::around(server);
        bench.put(NAME, FIRST_PASSWORD).await;
        bench
    }

    fn around(server: Postgres) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::below(folder.path());
        create_key_file(&files.key).unwrap();
        let key = KeySource::KeyFile(files.key.clone());
        let vault = Vault::init(&files.vault, &key, Actor::this_process("test")).unwrap();
        let connection = Secret::copy_from(server.url().as_bytes());
        vault
            .put(&name(ADMIN_SECRET), PutRequest::new(connection))
            .unwrap();
        Self {
            store: files.open(),
            server,
            folder,
            clock: FakeClock::now_in_truth(),
        }
    }

    pub(crate) async fn put(&self, secret: &str, value: &str) {
        let request = PutRequest::new(Secret::copy_from(value.as_bytes()));
        self.store.put(&name(secret), request).await.unwrap();
    }

    /// Begins the secret anew, with the first password for both users.
    pub(crate) async fn reset(&self) {
        self.store.purge(&name(NAME)).await.unwrap();
        self.put(NAME, FIRST_PASSWORD).await;
        for user in USERS {
            self.set_by_hand(user, FIRST_PASSWORD);
        }
    }

    /// Changes a password beside the rotation.
    pub(crate) fn set_by_hand(&self, user: &str, password: &str) {
        let statement = format!("ALTER ROLE {user} WITH LOGIN PASSWORD '{password}'");
        self.server
            .query(ADMIN, ADMIN_PASSWORD, &statement)
            .unwrap()
            .unwrap();
    }

    pub(crate) async fn rotate(&self, policy: &Policy, demand: &Demand) -> Result<Done, Error> {
        self.rotate_observed(policy, demand, &Nobody).await
    }

    pub(crate) async fn rotate_observed(
        &self,
        policy: &Policy,
        demand: &Demand,
        observer: &dyn Observer,
    ) -> Result<Done, Error> {
        let secrets = OneStore(&self.store);
        let targets = RealTargets::new(&secrets);
        self.rotate_with(&self.store, &targets, policy, demand, observer)
            .await
    }

    pub(crate) async fn rotate_with(
        &self,
        store: &dyn SecretStore,
        targets: &dyn Targets,
        policy: &Policy,
        demand: &Demand,
        observer: &dyn Observer,
    ) -> Result<Done, Error> {
        Rotator::new(store, targets, &self.clock, observer)
            .with_patience(Duration::ZERO)
            .rotate(&name(NAME), policy, demand)
            .await
    }

    pub(crate) async fn found(&self) -> SecretMetadata {
        self.store.metadata(&name(NAME)).await.unwrap()
    }

    pub(crate) async fn state(&self) -> State {
        State::of(&self.found().await).unwrap()
    }

    /// Whether the server lets somebody in with the password of a version, and whose it is.
    pub(crate) async fn works(&self, policy: &Policy, version: Option<u64>) -> bool {
        let Some(version) = version else {
            return false;
        };
        let which = VersionSelector::Version(version);
        let Ok(read) = self.store.get(&name(NAME), which).await else {
            return false;
        };
        let password = read.value.danger_expose_str().unwrap().to_owned();
        let state = self.state().await;
        let user = state.users.get(&version).cloned();
        let user = user.unwrap_or_else(|| policy.usernames[0].clone());
        let answer = self.server.query(&user, &password, "SELECT 1").unwrap();
        answer.is_ok()
    }

    /// Whether one of the versions that someone could be using works.
    pub(crate) async fn insist_that_one_works(&self, policy: &Policy, when: &str) {
        let found = self.found().await;
        let current = self.works(policy, found.current).await;
        let pending = self.works(policy, found.pending).await;
        assert!(current || pending, "no credential works {when}");
    }

    /// The server accepts the current version, and the previous one only where it should.
    pub(crate) async fn insist_on_the_end(
        &self,
        policy: &Policy,
        previous_works: bool,
        when: &str,
    ) {
        let found = self.found().await;
        assert_eq!(found.pending, None, "{when}");
        assert_eq!(self.state().await.run, None, "{when}");
        assert!(self.works(policy, found.current).await, "current, {when}");
        assert_eq!(
            self.works(policy, found.previous).await,
            previous_works,
            "previous, {when}"
        );
    }
}
