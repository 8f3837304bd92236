//! Systems that refuse the new credential, and credentials that are changed beside the rotation.

use async_trait::async_trait;
use coffer_backend::SecretStore;
use coffer_rotation::machine::{Demand, Done, Error, Nobody};
use coffer_rotation::policy::{OnFailure, Policy, Strategy};
use coffer_rotation::source::OneStore;
use coffer_rotation::state::Step;
use coffer_rotation::target::{Change, RealTargets, Target, TargetError, TargetSpec, Targets};
use coffer_vault::VersionState;

use crate::bench::{Bench, NAME, name, now, policy};

/// A server that takes new passwords and then does not accept them, unless they are those of the first version.
struct Forgetful<'a>(RealTargets<'a>);

struct ForgetfulServer(Box<dyn Target>);

#[async_trait]
impl Targets for Forgetful<'_> {
    async fn open(&self, spec: &TargetSpec) -> Result<Box<dyn Target>, TargetError> {
        Ok(Box::new(ForgetfulServer(self.0.open(spec).await?)))
    }
}

#[async_trait]
impl Target for ForgetfulServer {
    async fn set(&self, change: &Change<'_>) -> Result<(), TargetError> {
        self.0.set(change).await
    }

    async fn test(&self, change: &Change<'_>) -> Result<(), TargetError> {
        if change.credential.version == 1 {
            return self.0.test(change).await;
        }
        Err(TargetError::Refused {
            system: "the test".into(),
            why: "it never accepts".into(),
            remedy: "nothing helps".into(),
        })
    }

    async fn revoke(&self, change: &Change<'_>) -> Result<(), TargetError> {
        self.0.revoke(change).await
    }
}

async fn rotate_forgetfully(bench: &Bench, policy: &Policy) -> Result<Done, Error> {
    let secrets = OneStore(&bench.store);
    let targets = Forgetful(RealTargets::new(&secrets));
    bench
        .rotate_with(&bench.store, &targets, policy, &now(), &Nobody)
        .await
}

#[tokio::test]
async fn a_refused_credential_is_dropped_and_the_old_one_put_back() {
    let bench = Bench::new().await;
    for strategy in [Strategy::Single, Strategy::Alternating] {
        bench.reset().await;
        let policy = policy(strategy);
        let error = rotate_forgetfully(&bench, &policy).await.unwrap_err();
        assert!(matches!(error, Error::RolledBack { .. }), "{error}");
        let found = bench.found().await;
        assert_eq!((found.current, found.pending), (Some(1), None));
        assert!(bench.works(&policy, Some(1)).await, "{strategy:?}");
        let versions = bench.store.versions(&name(NAME)).await.unwrap();
        assert_eq!(versions[1].state, VersionState::Disabled);
        let failure = bench.state().await.failure.unwrap();
        assert_eq!(
            (failure.version, failure.step, failure.attempts),
            (2, Step::Set, 1)
        );

        // The next run makes a new one, and forgets the failure.
        bench.rotate(&policy, &now()).await.unwrap();
        bench
            .insist_on_the_end(&policy, strategy == Strategy::Alternating, "after it")
            .await;
        assert_eq!(bench.state().await.failure, None);
    }
}

#[tokio::test]
async fn a_refused_credential_that_is_to_be_kept_is_tried_again() {
    let bench = Bench::new().await;
    let policy = Policy {
        on_failure: OnFailure::KeepPending,
        ..policy(Strategy::Single)
    };
    for attempt in 1..=2 {
        let error = rotate_forgetfully(&bench, &policy).await.unwrap_err();
        assert!(
            matches!(
                error,
                Error::Stopped {
                    step: Step::Set,
                    ..
                }
            ),
            "{error}"
        );
        assert_eq!(bench.state().await.failure.unwrap().attempts, attempt);
        bench
            .insist_that_one_works(&policy, "while it is kept")
            .await;
    }
    // Nobody is at it any more, so nobody has to wait.
    let done = bench.rotate(&policy, &Demand::IfDue).await.unwrap();
    assert!(
        matches!(
            done,
            Done::Rotated {
                version: 2,
                resumed_at: Some(Step::Set),
                ..
            }
        ),
        "{done:?}"
    );
    bench.insist_on_the_end(&policy, false, "in the end").await;
}

#[tokio::test]
async fn what_the_server_refuses_to_set_changes_nothing() {
    let bench = Bench::new().await;
    let policy = Policy {
        usernames: vec!["nobody_knows".to_owned()],
        ..policy(Strategy::Single)
    };
    let error = bench.rotate(&policy, &now()).await.unwrap_err();
    assert!(matches!(error, Error::RolledBack { .. }), "{error}");
    assert!(
        error.to_string().contains("there is no such role"),
        "{error}"
    );
    assert_eq!(bench.found().await.pending, None);
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_leaves_the_new_version_pending() {
    let bench = Bench::new().await;
    let policy = policy(Strategy::Single);
    bench
        .put(
            crate::bench::ADMIN_SECRET,
            "postgresql://admin:fake-unreachable-pw@127.0.0.1:1/app",
        )
        .await;
    let error = bench.rotate(&policy, &now()).await.unwrap_err();
    assert!(
        matches!(
            error,
            Error::Stopped {
                step: Step::Pending,
                ..
            }
        ),
        "{error}"
    );
    assert!(!error.to_string().contains("fake-unreachable-pw"));
    bench
        .insist_that_one_works(&policy, "without the server's way")
        .await;

    let url = bench.server.url();
    bench.put(crate::bench::ADMIN_SECRET, &url).await;
    bench.rotate(&policy, &Demand::IfDue).await.unwrap();
    bench
        .insist_on_the_end(&policy, false, "once it is back")
        .await;
}

#[tokio::test]
async fn a_credential_that_was_changed_by_hand_is_found_and_replaced() {
    let bench = Bench::new().await;
    let policy = Policy {
        detect_drift: true,
        ..policy(Strategy::Single)
    };
    let quiet = bench.rotate(&policy, &Demand::IfDue).await.unwrap();
    assert_eq!(quiet, Done::Nothing);
    bench.set_by_hand("app_a", "fake-set-by-hand");
    let done = bench.rotate(&policy, &Demand::IfDue).await.unwrap();
    assert!(
        matches!(&done, Done::Rotated { reason, .. } if reason.contains("not accepted any more")),
        "{done:?}"
    );
    bench
        .insist_on_the_end(&policy, false, "after the drift")
        .await;
}

#[tokio::test]
async fn a_target_that_cannot_be_used_begins_nothing_and_is_noted() {
    let bench = Bench::new().await;
    let policy = policy(Strategy::Single);
    bench
        .put(crate::bench::ADMIN_SECRET, "fake-no-connection")
        .await;
    for attempt in 1..=2 {
        let error = bench.rotate(&policy, &now()).await.unwrap_err();
        assert!(matches!(error, Error::NotBegun { .. }), "{error}");
        assert!(!error.to_string().contains("fake-no-connection"));
        assert_eq!(bench.found().await.latest, 1);
        assert_eq!(bench.state().await.failure.unwrap().attempts, attempt);
    }
}
