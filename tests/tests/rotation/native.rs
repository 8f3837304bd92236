//! The rotation of AWS Secrets Manager by itself, as moto plays it: without a function it makes a version at once.

use coffer_backend::aws::{AwsSettings, SecretsManager};
use coffer_backend::{EmbeddedStore, SecretStore};
use coffer_rotation::machine::{Demand, Done, Nobody, Rotator};
use coffer_rotation::outlook::Reason;
use coffer_rotation::policy::Policy;
use coffer_rotation::source::OneStore;
use coffer_rotation::state::State;
use coffer_rotation::target::aws_rotation::AwsRotation;
use coffer_rotation::target::{RealTargets, TargetSpec};
use coffer_vault::{PutRequest, Secret};
use xtask::moto::Moto;

use crate::bench::{Bench, FakeClock, NAME, name, now};

fn policy(days: u32) -> Policy {
    Policy {
        target: Some(TargetSpec::AwsRotation(AwsRotation {
            automatically_after_days: Some(days),
            ..AwsRotation::default()
        })),
        ..Policy::default()
    }
}

async fn rotate(store: &dyn SecretStore, days: u32, demand: &Demand) -> Done {
    let secrets = OneStore(store);
    let targets = RealTargets::new(&secrets);
    Rotator::new(store, &targets, &FakeClock::now_in_truth(), &Nobody)
        .rotate(&name(NAME), &policy(days), demand)
        .await
        .unwrap()
}

#[tokio::test]
async fn the_stores_own_rotation_is_set_up_asked_for_once_and_noted() {
    let moto = Moto::start().unwrap();
    let store = SecretsManager::new(AwsSettings {
        region: Some("us-east-1".to_owned()),
        endpoint: Some(moto.url()),
        access_key: Some("test".to_owned()),
        secret_key: Some(Secret::copy_from(b"test")),
        ..AwsSettings::default()
    });
    let first = PutRequest::new(Secret::copy_from(b"fake-first-value"));
    store.put(&name(NAME), first).await.unwrap();

    let known = store.metadata(&name(NAME)).await.unwrap().current;
    let done = rotate(&store, 30, &now()).await;
    let Done::Rotated { version, .. } = done else {
        panic!("{done:?}");
    };
    // AWS numbers nothing, so a version that it makes has the time as its number.
    assert!(version > 1);
    let standing = store.native_rotation(&name(NAME)).await.unwrap();
    assert!(standing.enabled && standing.last_rotated.is_some());
    assert_eq!(standing.automatically_after_days, Some(30));
    assert_eq!((standing.current, standing.pending), (Some(version), None));
    let found = store.metadata(&name(NAME)).await.unwrap();
    let state = State::of(&found).unwrap();
    assert_eq!(state.rotated.unwrap().version, version);

    // Whoever decided to rotate before that sees that it is done.
    let late = Demand::Now {
        reason: Reason::Asked,
        known,
    };
    assert_eq!(rotate(&store, 30, &late).await, Done::ByOther { version });
    assert_eq!(rotate(&store, 30, &Demand::IfDue).await, Done::Nothing);
    assert_eq!(store.metadata(&name(NAME)).await.unwrap().latest, version);
}

#[tokio::test]
async fn a_store_that_rotates_nothing_by_itself_says_so() {
    let bench = Bench::new().await;
    let store: &EmbeddedStore = &bench.store;
    let error = bench.rotate(&policy(30), &now()).await.unwrap_err();
    assert!(
        error.to_string().contains("rotate a secret by itself"),
        "{error}"
    );
    assert_eq!(store.metadata(&name(NAME)).await.unwrap().latest, 1);
}
