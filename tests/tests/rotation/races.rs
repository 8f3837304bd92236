//! Several runs at once.

use std::time::Duration;

use coffer_rotation::clock::SystemClock;
use coffer_rotation::machine::{Demand, Done, Nobody, Rotator};
use coffer_rotation::policy::{Policy, Strategy};
use coffer_rotation::schedule::{Schedule, Timing};
use coffer_rotation::source::OneStore;
use coffer_rotation::target::RealTargets;

use crate::bench::{Bench, Files, NAME, name, now, policy};

/// Runs at once in handles of their own, as processes would.
async fn race(bench: &Bench, policy: &Policy, demand: &Demand) -> Vec<Done> {
    let files = Files::below(bench.folder.path());
    let runners = (0..4).map(|_| {
        let store = files.open();
        let (policy, demand) = (policy.clone(), demand.clone());
        tokio::spawn(async move {
            let secrets = OneStore(&store);
            let targets = RealTargets::new(&secrets);
            Rotator::new(&store, &targets, &SystemClock, &Nobody)
                .with_patience(Duration::from_secs(60))
                .rotate(&name(NAME), &policy, &demand)
                .await
                .unwrap()
        })
    });
    let mut results = Vec::new();
    for runner in runners.collect::<Vec<_>>() {
        results.push(runner.await.unwrap());
    }
    results
}

fn rotations(results: &[Done]) -> usize {
    let is_one = |done: &&Done| matches!(done, Done::Rotated { .. });
    results.iter().filter(is_one).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_that_race_rotate_once() {
    let bench = Bench::new().await;
    let asked = policy(Strategy::Alternating);
    let results = race(&bench, &asked, &now()).await;
    assert_eq!(rotations(&results), 1, "{results:?}");
    assert_eq!(bench.found().await.latest, 2, "{results:?}");
    bench.insist_on_the_end(&asked, true, "asked").await;

    let due = Policy {
        timing: Timing {
            schedule: Some(Schedule::parse("3s").unwrap()),
            ..Timing::default()
        },
        ..policy(Strategy::Single)
    };
    bench.reset().await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let results = race(&bench, &due, &Demand::IfDue).await;
    assert_eq!(rotations(&results), 1, "{results:?}");
    assert_eq!(bench.found().await.latest, 2, "{results:?}");
    bench.insist_on_the_end(&due, false, "due").await;
}
