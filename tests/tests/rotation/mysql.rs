//! A real MariaDB behind the rotation.

use std::io::Write as _;

use coffer_backend::{EmbeddedStore, SecretStore};
use coffer_rotation::machine::{Demand, Done, Error, Nobody, Observer, Rotator};
use coffer_rotation::policy::{Policy, Strategy};
use coffer_rotation::schedule::Period;
use coffer_rotation::source::OneStore;
use coffer_rotation::state::State;
use coffer_rotation::target::mysql::MysqlUser;
use coffer_rotation::target::{RealTargets, TargetSpec};
use coffer_rotation::value::Format;
use coffer_vault::{
    Actor, KeySource, PutRequest, Secret, SignedDuration, Vault, VersionSelector, create_key_file,
};
use tempfile::TempDir;
use xtask::mariadb::{self, MariaDb};

use crate::bench::{FIRST_PASSWORD, FakeClock, Files, InterruptAt, NAME, USERS, name, now};
use crate::certificates::Certificates;
use crate::steps::POINTS;

const ADMIN_SECRET: &str = "prod/mariadb";

/// A vault with a secret, and a MariaDB with the users that it is for.
struct Bench {
    server: MariaDb,
    _folder: TempDir,
    store: EmbeddedStore,
    clock: FakeClock,
}

/// Whether there is a server to test with; says so where there is none.
fn is_there() -> bool {
    let is_there = mariadb::is_fetched();
    if !is_there {
        // Not by a macro of the standard library, whose output the tests hide.
        let said =
            "SKIPPED: MariaDB is not there; `cargo xtask test --fetch-only` fetches it with apt\n";
        std::io::stderr().write_all(said.as_bytes()).unwrap();
    }
    is_there
}

fn policy(strategy: Strategy) -> Policy {
    let users = match strategy {
        Strategy::Single => &USERS[..1],
        Strategy::Alternating => &USERS[..],
    };
    Policy {
        strategy,
        usernames: users.iter().map(ToString::to_string).collect(),
        target: Some(TargetSpec::Mysql(MysqlUser {
            admin_secret: ADMIN_SECRET.to_owned(),
            ..MysqlUser::default()
        })),
        value_format: Some(Format::Plain),
        ..Policy::default()
    }
}

impl Bench {
    async fn new(server: MariaDb) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::below(folder.path());
        create_key_file(&files.key).unwrap();
        let key = KeySource::KeyFile(files.key.clone());
        Vault::init(&files.vault, &key, Actor::this_process("test")).unwrap();
        let bench = Self {
            store: files.open(),
            server,
            _folder: folder,
            clock: FakeClock::now_in_truth(),
        };
        bench.put(ADMIN_SECRET, &bench.server.url()).await;
        bench
    }

    async fn put(&self, secret: &str, value: &str) {
        let request = PutRequest::new(Secret::copy_from(value.as_bytes()));
        self.store.put(&name(secret), request).await.unwrap();
    }

    /// Begins the secret and its users anew, authenticated by `plugin`.
    async fn reset(&self, plugin: &str) {
        if self.store.metadata(&name(NAME)).await.is_ok() {
            self.store.purge(&name(NAME)).await.unwrap();
        }
        self.put(NAME, FIRST_PASSWORD).await;
        for user in USERS {
            let statement = format!(
                "CREATE OR REPLACE USER {user}@'%' IDENTIFIED VIA {plugin} USING PASSWORD('{FIRST_PASSWORD}'); \
                 GRANT ALL ON app.* TO {user}@'%'"
            );
            self.server.run(&statement).unwrap();
        }
    }

    async fn rotate(
        &self,
        policy: &Policy,
        demand: &Demand,
        observer: &dyn Observer,
    ) -> Result<Done, Error> {
        let secrets = OneStore(&self.store);
        let targets = RealTargets::new(&secrets);
        Rotator::new(&self.store, &targets, &self.clock, observer)
            .rotate(&name(NAME), policy, demand)
            .await
    }

    async fn value(&self, version: u64) -> Option<String> {
        let which = VersionSelector::Version(version);
        let read = self.store.get(&name(NAME), which).await.ok()?;
        Some(read.value.danger_expose_str().unwrap().to_owned())
    }

    async fn works(&self, policy: &Policy, version: Option<u64>) -> bool {
        let Some(version) = version else { return false };
        let Some(password) = self.value(version).await else {
            return false;
        };
        let found = self.store.metadata(&name(NAME)).await.unwrap();
        let users = State::of(&found).unwrap().users;
        let user = users.get(&version).unwrap_or(&policy.usernames[0]);
        self.server.accepts(user, &password).unwrap()
    }
}

#[tokio::test]
async fn a_rotation_that_is_interrupted_after_any_step_goes_on_there_and_no_password_is_logged() {
    if !is_there() {
        return;
    }
    let bench = Bench::new(MariaDb::start().unwrap()).await;
    for (strategy, plugin) in [
        (Strategy::Single, "mysql_native_password"),
        (Strategy::Single, "ed25519"),
        (Strategy::Alternating, "mysql_native_password"),
    ] {
        let policy = policy(strategy);
        for (point, _) in POINTS {
            bench.reset(plugin).await;
            let when = format!("{strategy:?}, {plugin}, interrupted at {point:?}");
            let stopped = bench.rotate(&policy, &now(), &InterruptAt(point)).await;
            assert!(matches!(stopped, Err(Error::Interrupted { .. })), "{when}");
            let found = bench.store.metadata(&name(NAME)).await.unwrap();
            assert!(
                bench.works(&policy, found.current).await
                    || bench.works(&policy, found.pending).await,
                "no credential works: {when}"
            );

            bench.clock.advance(SignedDuration::from_mins(3));
            bench
                .rotate(&policy, &Demand::IfDue, &Nobody)
                .await
                .unwrap();
            let found = bench.store.metadata(&name(NAME)).await.unwrap();
            assert_eq!((found.latest, found.pending), (2, None), "{when}");
            assert!(bench.works(&policy, found.current).await, "{when}");
            assert_eq!(
                bench.works(&policy, found.previous).await,
                strategy == Strategy::Alternating,
                "{when}"
            );
            let log = std::fs::read(bench.server.statements()).unwrap();
            let log = String::from_utf8_lossy(&log).into_owned();
            let password = bench.value(2).await.unwrap();
            assert!(log.contains("ALTER USER"), "{when}");
            assert!(!log.contains(&password), "{when}");
        }
    }
}

#[tokio::test]
async fn the_previous_user_ends_with_the_grace_period() {
    if !is_there() {
        return;
    }
    let bench = Bench::new(MariaDb::start().unwrap()).await;
    bench.reset("ed25519").await;
    let policy = Policy {
        grace_period: Some(Period::parse("1d").unwrap()),
        ..policy(Strategy::Alternating)
    };
    bench.rotate(&policy, &now(), &Nobody).await.unwrap();
    assert!(bench.server.accepts(USERS[0], FIRST_PASSWORD).unwrap());
    bench.clock.advance(SignedDuration::from_hours(24));
    bench
        .rotate(&policy, &Demand::IfDue, &Nobody)
        .await
        .unwrap();
    assert!(!bench.server.accepts(USERS[0], FIRST_PASSWORD).unwrap());
    // And whose turn it is next gets in again.
    bench.rotate(&policy, &now(), &Nobody).await.unwrap();
    let found = bench.store.metadata(&name(NAME)).await.unwrap();
    assert_eq!(found.current, Some(3));
    assert!(bench.works(&policy, found.current).await);
    assert!(bench.works(&policy, found.previous).await);
}

#[tokio::test]
async fn what_mariadb_refuses_changes_nothing_and_says_why() {
    if !is_there() {
        return;
    }
    let bench = Bench::new(MariaDb::start().unwrap()).await;
    bench.reset("mysql_native_password").await;
    let unknown = Policy {
        usernames: vec!["nobody_knows".to_owned()],
        ..policy(Strategy::Single)
    };
    let dual = Policy {
        target: Some(TargetSpec::Mysql(MysqlUser {
            admin_secret: ADMIN_SECRET.to_owned(),
            dual_password: true,
            ..MysqlUser::default()
        })),
        ..policy(Strategy::Single)
    };
    for (policy, expected) in [
        (unknown, "there is no user 'nobody_knows'@'%'"),
        (dual, "MariaDB keeps one password for each user"),
    ] {
        let error = bench.rotate(&policy, &now(), &Nobody).await.unwrap_err();
        assert!(matches!(error, Error::RolledBack { .. }), "{error}");
        assert!(error.to_string().contains(expected), "{error}");
        assert!(bench.server.accepts(USERS[0], FIRST_PASSWORD).unwrap());
    }
    bench
        .server
        .run("ALTER USER app_a@'%' IDENTIFIED VIA unix_socket")
        .unwrap();
    let error = bench
        .rotate(&policy(Strategy::Single), &now(), &Nobody)
        .await;
    assert!(error.unwrap_err().to_string().contains("unix_socket"));
}

#[tokio::test]
async fn with_tls_the_server_and_its_name_are_verified_in_every_mode() {
    if !is_there() {
        return;
    }
    let certificates = Certificates::new(&["127.0.0.1"]);
    let (certificate, key) = (&certificates.certificate, &certificates.key);
    let bench = Bench::new(MariaDb::start_encrypted(certificate, key).unwrap()).await;
    bench.reset("mysql_native_password").await;
    let misnamed = Certificates::new(&["elsewhere.example"]);
    for (mode, authority, expected) in [
        ("REQUIRED", &certificates, None),
        ("VERIFY_CA", &certificates, None),
        ("VERIFY_IDENTITY", &certificates, None),
        ("DISABLED", &certificates, Some("access denied")),
        ("REQUIRED", &misnamed, Some("certificate")),
        ("VERIFY_CA", &misnamed, Some("certificate")),
    ] {
        let url = bench.server.url();
        let authority = authority.authority_file.display();
        bench
            .put(
                ADMIN_SECRET,
                &format!("{url}?ssl-mode={mode}&ssl-ca={authority}"),
            )
            .await;
        let done = bench
            .rotate(&policy(Strategy::Single), &now(), &Nobody)
            .await;
        match (done, expected) {
            (Ok(Done::Rotated { .. }), None) => {}
            (Err(error), Some(expected)) => {
                let error = error.to_string().to_lowercase();
                assert!(error.contains(expected), "{mode}: {error}");
            }
            (done, _) => panic!("{mode}: {done:?}"),
        }
    }
    drop(bench);

    let (certificate, key) = (&misnamed.certificate, &misnamed.key);
    let bench = Bench::new(MariaDb::start_encrypted(certificate, key).unwrap()).await;
    bench.reset("mysql_native_password").await;
    for mode in ["REQUIRED", "VERIFY_CA", "VERIFY_IDENTITY"] {
        let url = bench.server.url();
        let authority = misnamed.authority_file.display();
        let connection = format!("{url}?ssl-mode={mode}&ssl-ca={authority}");
        bench.put(ADMIN_SECRET, &connection).await;
        let done = bench
            .rotate(&policy(Strategy::Single), &now(), &Nobody)
            .await;
        let error = done.unwrap_err().to_string();
        assert!(error.contains("certificate"), "{mode}: {error}");
    }
}
