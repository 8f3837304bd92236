//! Many secrets at once.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use coffer_backend::SecretStore;
use coffer_rotation::fleet::{NamePattern, rotate_due, survey};
use coffer_rotation::machine::{Done, Nobody, Rotator};
use coffer_rotation::policy::{Policy, Strategy};
use coffer_rotation::schedule::{Schedule, Timing};
use coffer_rotation::source::OneStore;
use coffer_rotation::target::{Change, RealTargets, Target, TargetError, TargetSpec, Targets};
use coffer_vault::{PutRequest, Secret, SignedDuration, VersionSelector};
use xtask::postgres::{ADMIN, ADMIN_PASSWORD};

use crate::bench::{Bench, FIRST_PASSWORD, name, policy};

const ROLES: usize = 200;
const AT_ONCE: usize = 8;

/// Targets that count how many of them work at the same time.
struct Counted<'a> {
    targets: RealTargets<'a>,
    counts: &'static Counts,
}

#[derive(Default)]
struct Counts {
    now: AtomicUsize,
    most: AtomicUsize,
}

struct CountedServer(Box<dyn Target>, &'static Counts);

impl Counts {
    async fn during<T>(&self, work: impl Future<Output = T>) -> T {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        let result = work.await;
        self.now.fetch_sub(1, Ordering::SeqCst);
        result
    }
}

#[async_trait]
impl Targets for Counted<'_> {
    async fn open(&self, spec: &TargetSpec) -> Result<Box<dyn Target>, TargetError> {
        let server = self.targets.open(spec).await?;
        Ok(Box::new(CountedServer(server, self.counts)))
    }
}

#[async_trait]
impl Target for CountedServer {
    async fn set(&self, change: &Change<'_>) -> Result<(), TargetError> {
        self.1.during(self.0.set(change)).await
    }

    async fn test(&self, change: &Change<'_>) -> Result<(), TargetError> {
        self.1.during(self.0.test(change)).await
    }

    async fn revoke(&self, change: &Change<'_>) -> Result<(), TargetError> {
        self.0.revoke(change).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_roles_are_rotated_a_few_at_a_time_and_each_is_told() {
    let bench = Bench::new().await;
    let roles: String = (0..ROLES)
        .map(|n| format!("CREATE ROLE role_{n} LOGIN PASSWORD '{FIRST_PASSWORD}';"))
        .collect();
    let made = bench.server.query(ADMIN, ADMIN_PASSWORD, &roles);
    made.unwrap().unwrap();
    for n in 0..ROLES {
        let policy = Policy {
            usernames: vec![format!("role_{n}")],
            timing: Timing {
                schedule: Some(Schedule::parse("30d").unwrap()),
                ..Timing::default()
            },
            ..policy(Strategy::Single)
        };
        let value = Secret::copy_from(FIRST_PASSWORD.as_bytes());
        let request = PutRequest::new(value).with_metadata(policy.change());
        let secret = name(&format!("fleet/role-{n:03}"));
        bench.store.put(&secret, request).await.unwrap();
    }
    let pattern = NamePattern::parse("fleet/*").unwrap();
    let members = survey(&bench.store, &pattern, &bench.clock).await.unwrap();
    assert_eq!(members.len(), ROLES);
    assert!(
        members
            .iter()
            .all(|member| !member.standing.as_ref().unwrap().wants_a_run())
    );

    bench.clock.advance(SignedDuration::from_hours(30 * 24 + 1));
    let members = survey(&bench.store, &pattern, &bench.clock).await.unwrap();
    let counts: &'static Counts = Box::leak(Box::default());
    let secrets = OneStore(&bench.store);
    let targets = Counted {
        targets: RealTargets::new(&secrets),
        counts,
    };
    let rotator = Rotator::new(&bench.store, &targets, &bench.clock, &Nobody);
    let told = Mutex::new(0);
    let results = rotate_due(&rotator, members, AT_ONCE, &|_| *told.lock().unwrap() += 1).await;
    assert_eq!(results.len(), ROLES);
    assert_eq!(*told.lock().unwrap(), ROLES);
    for (secret, result) in &results {
        let done = result.as_ref().unwrap();
        assert!(
            matches!(done, Done::Rotated { version: 2, .. }),
            "{secret}: {done:?}"
        );
    }
    let most = counts.most.load(Ordering::SeqCst);
    assert!((2..=AT_ONCE).contains(&most), "{most} at once");
    for n in [0, ROLES / 2, ROLES - 1] {
        let secret = name(&format!("fleet/role-{n:03}"));
        let read = bench.store.get(&secret, VersionSelector::Current).await;
        let value = read.unwrap().value;
        let password = value.danger_expose_str().unwrap();
        let user = format!("role_{n}");
        let answer = bench.server.query(&user, password, "SELECT 1").unwrap();
        assert!(answer.is_ok(), "{user}");
    }
}
