//! The previous version stays valid for its time, and no longer.

use coffer_backend::SecretStore;
use coffer_rotation::machine::{Demand, Done, Error, Point};
use coffer_rotation::policy::{Policy, Strategy};
use coffer_rotation::schedule::Period;
use coffer_vault::{SignedDuration, VersionSelector};

use crate::bench::{Bench, InterruptAt, NAME, name, now, policy};

fn with_grace() -> Policy {
    Policy {
        grace_period: Some(Period::parse("1d").unwrap()),
        ..policy(Strategy::Alternating)
    }
}

#[tokio::test]
async fn the_previous_credential_ends_with_its_grace_period_also_after_an_interruption() {
    let bench = Bench::new().await;
    let policy = with_grace();
    for point in [None, Some(Point::Revoked), Some(Point::Retired)] {
        bench.reset().await;
        let when = format!("interrupted at {point:?}");
        bench.rotate(&policy, &now()).await.unwrap();
        bench.insist_on_the_end(&policy, true, &when).await;
        bench.clock.advance(SignedDuration::from_hours(23));
        let early = bench.rotate(&policy, &Demand::IfDue).await.unwrap();
        assert_eq!(early, Done::Nothing, "{when}");
        assert!(bench.works(&policy, Some(1)).await, "{when}");

        bench.clock.advance(SignedDuration::from_hours(1));
        if let Some(point) = point {
            let stopped = bench
                .rotate_observed(&policy, &Demand::IfDue, &InterruptAt(point))
                .await;
            assert!(matches!(stopped, Err(Error::Interrupted { .. })), "{when}");
        }
        bench.rotate(&policy, &Demand::IfDue).await.unwrap();
        let found = bench.found().await;
        assert!(bench.works(&policy, found.current).await, "{when}");
        assert_eq!(bench.state().await.retiring, None, "{when}");
        // Neither the store hands it out nor does the server take it.
        let which = VersionSelector::Version(1);
        assert!(bench.store.get(&name(NAME), which).await.is_err(), "{when}");
        let answer = bench
            .server
            .query("app_a", crate::bench::FIRST_PASSWORD, "SELECT 1");
        assert!(answer.unwrap().is_err(), "{when}");

        // And the user whose turn it is next gets in again.
        bench.rotate(&policy, &now()).await.unwrap();
        bench.insist_on_the_end(&policy, true, &when).await;
    }
}

#[tokio::test]
async fn a_rotation_within_the_grace_period_ends_it() {
    let bench = Bench::new().await;
    let policy = with_grace();
    bench.rotate(&policy, &now()).await.unwrap();
    bench.rotate(&policy, &now()).await.unwrap();
    bench.insist_on_the_end(&policy, true, "twice").await;
    let which = VersionSelector::Version(1);
    assert!(bench.store.get(&name(NAME), which).await.is_err());
}
