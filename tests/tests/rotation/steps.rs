//! Interruptions after every step.

use coffer_rotation::machine::{Done, Error, Point};
use coffer_rotation::policy::Strategy;
use coffer_rotation::state::Step;
use coffer_vault::SignedDuration;

use crate::bench::{Bench, InterruptAt, now, policy};

/// The points of a rotation, with the step that is noted there.
pub(crate) const POINTS: [(Point, Option<Step>); 6] = [
    (Point::Begun, Some(Step::Pending)),
    (Point::Changed, Some(Step::Pending)),
    (Point::Set, Some(Step::Set)),
    (Point::Accepted, Some(Step::Set)),
    (Point::Tested, Some(Step::Tested)),
    (Point::Current, None),
];

#[tokio::test]
async fn a_rotation_that_is_interrupted_after_any_step_goes_on_there() {
    let bench = Bench::new().await;
    for strategy in [Strategy::Single, Strategy::Alternating] {
        let policy = policy(strategy);
        let previous_works = strategy == Strategy::Alternating;
        for (point, step) in POINTS {
            bench.reset().await;
            let when = format!("{strategy:?}, interrupted at {point:?}");
            let stopped = bench
                .rotate_observed(&policy, &now(), &InterruptAt(point))
                .await;
            assert!(matches!(stopped, Err(Error::Interrupted { .. })), "{when}");
            bench.insist_that_one_works(&policy, &when).await;
            let noted = bench.state().await.run.map(|run| run.step);
            assert_eq!(noted, step, "{when}");

            // Whoever comes too early leaves it alone: the other one may still be at it.
            if step.is_some() {
                let early = bench.rotate(&policy, &now()).await.unwrap();
                assert!(matches!(early, Done::Busy { .. }), "{when}: {early:?}");
            }
            bench.clock.advance(SignedDuration::from_mins(3));
            let done = bench
                .rotate(&policy, &coffer_rotation::machine::Demand::IfDue)
                .await
                .unwrap();
            match step {
                Some(step) => assert_eq!(
                    done,
                    Done::Rotated {
                        version: 2,
                        reason: "It was asked for.".to_owned(),
                        resumed_at: Some(step)
                    },
                    "{when}"
                ),
                None => assert_eq!(done, Done::Nothing, "{when}"),
            }
            assert_eq!(bench.found().await.latest, 2, "{when}");
            bench
                .insist_on_the_end(&policy, previous_works, &when)
                .await;
        }
    }
}

#[tokio::test]
async fn two_users_take_turns() {
    let bench = Bench::new().await;
    let policy = policy(Strategy::Alternating);
    for (version, user) in [(2, "app_b"), (3, "app_a"), (4, "app_b")] {
        bench.rotate(&policy, &now()).await.unwrap();
        let state = bench.state().await;
        assert_eq!(state.users[&version], user);
        bench
            .insist_on_the_end(&policy, true, &format!("version {version}"))
            .await;
    }
}
