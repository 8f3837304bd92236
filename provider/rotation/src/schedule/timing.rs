//! All that says when a secret is rotated.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{Blackout, Due, Period, Schedule};

/// How many blackouts in a row are looked past: more than that is as good as never.
const MAX_BLACKOUTS: usize = 1000;

/// When a secret is rotated: a schedule, the window after each of its times, and blackouts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timing {
    /// After how long, or at which times; nothing becomes due by itself without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
    /// How long after each time of the schedule a rotation may be made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Period>,
    /// The zone of the IANA database in which cron times are meant; UTC unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// When nothing is rotated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blackouts: Vec<Blackout>,
}

impl Timing {
    /// The zone that `time_zone` names.
    ///
    /// # Errors
    /// Its name, where there is no such zone.
    pub fn zone(&self) -> Result<TimeZone, String> {
        match &self.time_zone {
            None => Ok(TimeZone::UTC),
            Some(name) => TimeZone::get(name).map_err(|_| name.clone()),
        }
    }

    /// Whether a secret that was last rotated at `last` is due at `now`, and else when it next is.
    #[must_use]
    pub fn due(&self, last: Timestamp, now: Timestamp) -> Due {
        let Some(schedule) = self.in_zone() else {
            return Due::Never;
        };
        match schedule.due(last, self.window.as_ref(), now) {
            Due::Since(since) => match self.blackout_over(now) {
                None => Due::Since(since),
                Some(_) => self
                    .first_allowed(&schedule, last, now)
                    .map_or(Due::Never, Due::At),
            },
            Due::At(at) => self
                .first_allowed(&schedule, last, at)
                .map_or(Due::Never, Due::At),
            Due::Never => Due::Never,
        }
    }

    /// The next time at which a secret is rotated that was last rotated at `last`; it may lie in the past.
    #[must_use]
    pub fn next_after(&self, last: Timestamp) -> Option<Timestamp> {
        let schedule = self.in_zone()?;
        let first = schedule.next_after(last, last)?;
        self.first_allowed(&schedule, last, first)
    }

    /// When the blackout ends that lies over `time`.
    #[must_use]
    pub fn blackout_over(&self, time: Timestamp) -> Option<Timestamp> {
        let zone = self.zone().unwrap_or(TimeZone::UTC);
        let ends = self.blackouts.iter().filter_map(|it| it.over(time, &zone));
        ends.max()
    }

    fn in_zone(&self) -> Option<Schedule> {
        let zone = self.zone().unwrap_or(TimeZone::UTC);
        Some(self.schedule.clone()?.in_zone(zone))
    }

    /// The first time from `from` on at which the schedule is due and no blackout lies.
    fn first_allowed(
        &self,
        schedule: &Schedule,
        last: Timestamp,
        from: Timestamp,
    ) -> Option<Timestamp> {
        let mut time = from;
        for _ in 0..MAX_BLACKOUTS {
            match self.blackout_over(time) {
                None => return Some(time),
                Some(end) => {
                    time = match schedule.due(last, self.window.as_ref(), end) {
                        Due::Since(_) => end,
                        Due::At(at) => at,
                        Due::Never => return None,
                    }
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn weekends_off(schedule: &str, window: Option<&str>) -> Timing {
        Timing {
            schedule: Some(Schedule::parse(schedule).unwrap()),
            window: window.map(|text| Period::parse(text).unwrap()),
            time_zone: None,
            blackouts: vec![Blackout::Repeated {
                schedule: Schedule::parse("cron(0 0 ? * SAT *)").unwrap(),
                length: Period::parse("2d").unwrap(),
            }],
        }
    }

    #[test]
    fn what_becomes_due_in_a_blackout_waits_for_its_end() {
        let timing = weekends_off("1d", None);
        // The 5th of January 2030 is a Saturday.
        let last = at("2030-01-04T12:00:00Z");
        let monday = at("2030-01-07T00:00:00Z");
        assert_eq!(timing.next_after(last), Some(monday));
        assert_eq!(
            timing.due(last, at("2030-01-05T13:00:00Z")),
            Due::At(monday)
        );
        assert_eq!(
            timing.due(last, monday),
            Due::Since(at("2030-01-05T12:00:00Z"))
        );
    }

    #[test]
    fn a_window_that_a_blackout_covers_waits_for_the_next() {
        let timing = weekends_off("cron(0 4 * * ? *)", Some("2h"));
        let last = at("2030-01-04T04:00:00Z");
        assert_eq!(
            timing.due(last, at("2030-01-05T04:30:00Z")),
            Due::At(at("2030-01-07T04:00:00Z"))
        );
    }

    #[test]
    fn blackouts_without_end_are_never() {
        let mut timing = weekends_off("1d", None);
        timing.blackouts = vec![Blackout::Repeated {
            schedule: Schedule::parse("cron(0 0 * * ? *)").unwrap(),
            length: Period::parse("1d").unwrap(),
        }];
        assert_eq!(timing.next_after(at("2030-01-04T04:00:00Z")), None);
    }

    #[test]
    fn it_is_kept_as_it_was_written() {
        let timing = weekends_off("cron(0 4 * * ? *)", Some("2h"));
        let text = serde_json::to_string(&timing).unwrap();
        assert_eq!(serde_json::from_str::<Timing>(&text).unwrap(), timing);
    }
}
