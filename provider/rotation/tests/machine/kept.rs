//! How many versions a rotation leaves readable.

use coffer_rotation::policy::{Policy, Promotion};

use crate::bench::{Bench, now};

fn keeping(versions: u32) -> Policy {
    Policy {
        versions_to_keep: Some(versions),
        ..Policy::default()
    }
}

#[tokio::test]
async fn rotation_shreds_the_versions_beyond_those_to_keep() {
    let bench = Bench::new();
    bench.begin_with("fake-first-value").await;
    for _ in 0..5 {
        bench.rotate(&keeping(3), &now()).await.unwrap();
    }
    assert_eq!(bench.readable().await, [4, 5, 6]);
}

#[tokio::test]
async fn the_previous_version_is_kept_however_few_are_to_be() {
    let bench = Bench::new();
    bench.begin_with("fake-first-value").await;
    for _ in 0..3 {
        bench.rotate(&keeping(1), &now()).await.unwrap();
    }
    assert_eq!(bench.readable().await, [3, 4]);
}

#[tokio::test]
async fn a_version_that_waits_for_its_promotion_costs_the_current_one_nothing() {
    let bench = Bench::new();
    bench.begin_with("fake-first-value").await;
    let policy = Policy {
        promotion: Promotion::Deferred,
        ..keeping(1)
    };
    bench.rotate(&policy, &now()).await.unwrap();
    let found = bench.found().await;
    assert_eq!((found.current, found.pending), (Some(1), Some(2)));
    assert_eq!(bench.readable().await, [1, 2]);
}
