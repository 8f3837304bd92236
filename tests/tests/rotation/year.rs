//! A year of daily runs, by a clock that is set.

use coffer_rotation::machine::{Demand, Done};
use coffer_rotation::outlook::Outlook;
use coffer_rotation::policy::{Policy, Strategy};
use coffer_rotation::schedule::{Blackout, Period, Schedule, Timing};
use coffer_rotation::state::State;
use coffer_vault::SignedDuration;

use crate::bench::{Bench, policy};
use coffer_rotation::clock::Clock;

#[tokio::test]
async fn a_year_of_daily_runs_rotates_when_it_is_due_and_is_quiet_on_every_other_day() {
    let bench = Bench::new().await;
    let policy = Policy {
        timing: Timing {
            schedule: Some(Schedule::parse("30d").unwrap()),
            blackouts: vec![Blackout::Repeated {
                schedule: Schedule::parse("cron(0 0 ? * SAT *)").unwrap(),
                length: Period::parse("2d").unwrap(),
            }],
            ..Timing::default()
        },
        grace_period: Some(Period::parse("2d").unwrap()),
        ..policy(Strategy::Alternating)
    };
    let (mut rotated, mut retired, mut quiet) = (0_u64, 0, 0);
    let mut last = bench.clock.now();
    for day in 0..365 {
        bench.clock.advance(SignedDuration::from_hours(24));
        let found = bench.found().await;
        let state = State::of(&found).unwrap();
        let outlook = Outlook::of(&policy, &found, &state, bench.clock.now());
        let revision = found.revision;
        let done = bench.rotate(&policy, &Demand::IfDue).await.unwrap();
        match done {
            Done::Rotated { version, .. } => {
                assert!(outlook.due.is_some(), "day {day}: the plan says so before");
                rotated += 1;
                assert_eq!(version, rotated + 1);
                let days = bench.clock.now().duration_since(last).as_hours() / 24;
                assert!((30..=33).contains(&days), "day {day}: after {days} days");
                last = bench.clock.now();
            }
            Done::Retired { .. } => {
                assert!(outlook.retires.is_some(), "day {day}");
                retired += 1;
            }
            Done::Nothing => {
                assert_eq!((outlook.due, outlook.retires), (None, None), "day {day}");
                assert_eq!(
                    bench.found().await.revision,
                    revision,
                    "a quiet day writes nothing"
                );
                quiet += 1;
            }
            other => panic!("day {day}: {other:?}"),
        }
    }
    assert!((11..=12).contains(&rotated), "{rotated}");
    // The last one may end after the year.
    assert!(retired == rotated || retired + 1 == rotated, "{retired}");
    assert_eq!(quiet, 365 - rotated - retired);
    let found = bench.found().await;
    assert!(bench.works(&policy, found.current).await);
}
