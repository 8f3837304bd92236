//! Processes that are killed after every step.

use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Stdio};

use coffer_rotation::clock::SystemClock;
use coffer_rotation::machine::{Demand, Done, Observer, Point, Rotator};
use coffer_rotation::policy::Strategy;
use coffer_rotation::source::OneStore;
use coffer_rotation::target::RealTargets;
use coffer_vault::SecretName;

use crate::bench::{Bench, Files, NAME, name, now, policy};

const POINTS: [Point; 6] = [
    Point::Begun,
    Point::Changed,
    Point::Set,
    Point::Accepted,
    Point::Tested,
    Point::Current,
];

/// Kills the process as SIGKILL does: no destructor runs.
struct DieAt(Point);

impl Observer for DieAt {
    fn reached(&self, _: &SecretName, point: Point) -> ControlFlow<()> {
        if point == self.0 {
            std::process::abort();
        }
        ControlFlow::Continue(())
    }
}

/// The child: rotates, and dies on the way.
#[tokio::test]
#[ignore = "runs only as the child of the test below"]
async fn rotates_and_dies() {
    let Ok(folder) = std::env::var("COFFER_KILL_FOLDER") else {
        return;
    };
    let point: usize = std::env::var("COFFER_KILL_POINT").unwrap().parse().unwrap();
    let strategy = match std::env::var("COFFER_KILL_STRATEGY").unwrap().as_str() {
        "single" => Strategy::Single,
        _ => Strategy::Alternating,
    };
    let store = Files::below(Path::new(&folder)).open();
    let secrets = OneStore(&store);
    let targets = RealTargets::new(&secrets);
    let observer = DieAt(POINTS[point]);
    let done = Rotator::new(&store, &targets, &SystemClock, &observer)
        .rotate(&name(NAME), &policy(strategy), &now())
        .await;
    panic!("it should have died, and has: {done:?}");
}

#[tokio::test]
async fn whoever_comes_after_a_killed_process_goes_on_at_once() {
    let bench = Bench::new().await;
    for (word, strategy) in [
        ("single", Strategy::Single),
        ("alternating", Strategy::Alternating),
    ] {
        let policy = policy(strategy);
        for (index, point) in POINTS.into_iter().enumerate() {
            bench.reset().await;
            let when = format!("{strategy:?}, killed at {point:?}");
            let killed = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "kill::rotates_and_dies", "--ignored"])
                .env("COFFER_KILL_FOLDER", bench.folder.path())
                .env("COFFER_KILL_POINT", index.to_string())
                .env("COFFER_KILL_STRATEGY", word)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .unwrap();
            assert_eq!(killed.code(), None, "{when}: it died by a signal");
            bench.insist_that_one_works(&policy, &when).await;

            // The claim of a process that is gone from this machine keeps nobody away.
            let done = bench.rotate(&policy, &Demand::IfDue).await.unwrap();
            match point {
                Point::Current => assert_eq!(done, Done::Nothing, "{when}"),
                _ => assert!(
                    matches!(done, Done::Rotated { version: 2, .. }),
                    "{when}: {done:?}"
                ),
            }
            bench
                .insist_on_the_end(&policy, strategy == Strategy::Alternating, &when)
                .await;
        }
    }
}
