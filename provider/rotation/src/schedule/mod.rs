//! When a secret is due: after a length of time, or by a schedule in AWS's spelling.

mod blackout;
mod cron;
mod field;
mod period;
mod timing;

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use blackout::{Blackout, BlackoutError};
pub use cron::Cron;
pub use period::{Period, PeriodError};
pub use timing::Timing;

/// When something is due: `30d`, `rate(30 days)`, `cron(0 4 ? * SUN *)`. Times are UTC unless a zone is set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Schedule {
    /// This long after the last time.
    Every(Period),
    /// At these times, whenever the last time was.
    Cron(Cron),
}

/// Whether something is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Since this time.
    Since(Timestamp),
    /// Not before this time.
    At(Timestamp),
    /// Never again: the schedule's years are over.
    Never,
}

/// Why a text is no schedule, with what to write instead.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScheduleError {
    /// No length of time.
    #[error(transparent)]
    Period(#[from] PeriodError),
    /// `rate(...)` with something else inside than a number and a unit.
    #[error(
        "a rate is a number and a unit, minutes, hours or days, such as `rate(30 days)`; \"{0}\" is none"
    )]
    Rate(String),
    /// `cron(...)` without six fields.
    #[error(
        "a cron expression has six fields (minutes, hours, day of month, month, day of week, year), such as `cron(0 4 ? * SUN *)`; this one has {0}"
    )]
    FieldCount(usize),
    /// A field that cannot be read.
    #[error("the field {field} of the cron expression is \"{text}\"; {expected}")]
    Field {
        /// Its name.
        field: &'static str,
        /// What stands there.
        text: String,
        /// What may stand there.
        expected: String,
    },
    /// Both days are given, or neither.
    #[error(
        "exactly one of day of month and day of week is `?` in a cron expression, because a day is told by one of them"
    )]
    TwoDays,
    /// A `(` without its `)`.
    #[error("the closing parenthesis is missing, as in `rate(30 days)` or `cron(0 4 ? * SUN *)`")]
    Unclosed,
}

impl Schedule {
    /// Parses a length of time, `rate(...)` or `cron(...)`.
    ///
    /// # Errors
    /// Where the text is none of them.
    pub fn parse(text: &str) -> Result<Self, ScheduleError> {
        let text = text.trim();
        if let Some(inside) = call(text, "cron(")? {
            return Cron::parse(inside).map(Self::Cron);
        }
        if let Some(inside) = call(text, "rate(")? {
            return rate(inside).map(Self::Every);
        }
        Ok(Self::Every(Period::parse(text)?))
    }

    /// The same schedule, with the times of a cron expression meant in `zone`.
    #[must_use]
    pub fn in_zone(self, zone: TimeZone) -> Self {
        match self {
            Self::Cron(cron) => Self::Cron(cron.in_zone(zone)),
            every @ Self::Every(_) => every,
        }
    }

    /// The first time after `time` that the schedule names, if it was last done at `last`.
    ///
    /// `None` where there is none, because the schedule's years are over or no such day exists.
    #[must_use]
    pub fn next_after(&self, last: Timestamp, time: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Cron(cron) => cron.next_after(time.max(last)),
            Self::Every(period) => period.repetition_after(last, time),
        }
    }

    /// Whether something that was last done at `last` is due at `now`.
    ///
    /// With a `window`, it is due from each time that the schedule names until the window has passed, and then again
    /// at the next; without, it is due until it is done.
    #[must_use]
    pub fn due(&self, last: Timestamp, window: Option<&Period>, now: Timestamp) -> Due {
        let Some(first) = self.next_after(last, last) else {
            return Due::Never;
        };
        if first > now {
            return Due::At(first);
        }
        let Some(window) = window else {
            return Due::Since(first);
        };
        // A window that is open at `now` began after this; its own end does not belong to it.
        let before = window.before(now).max(last);
        match self.next_after(last, before) {
            None => Due::Never,
            Some(begin) if begin <= now => Due::Since(begin),
            Some(begin) => Due::At(begin),
        }
    }
}

/// What stands between `name`, which ends in a parenthesis, and the closing one.
fn call<'a>(text: &'a str, name: &str) -> Result<Option<&'a str>, ScheduleError> {
    match text.strip_prefix(name) {
        None => Ok(None),
        Some(rest) => rest
            .strip_suffix(')')
            .map(Some)
            .ok_or(ScheduleError::Unclosed),
    }
}

fn rate(inside: &str) -> Result<Period, ScheduleError> {
    let wrong = || ScheduleError::Rate(inside.to_owned());
    let mut words = inside.split_whitespace();
    let (Some(number), Some(unit), None) = (words.next(), words.next(), words.next()) else {
        return Err(wrong());
    };
    let letter = match unit {
        "minute" | "minutes" => "m",
        "hour" | "hours" => "h",
        "day" | "days" => "d",
        _ => return Err(wrong()),
    };
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong());
    }
    Period::parse(&format!("{number}{letter}")).map_err(|_| wrong())
}

impl FromStr for Schedule {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Schedule {
    type Error = ScheduleError;

    fn try_from(text: String) -> Result<Self, ScheduleError> {
        Self::parse(&text)
    }
}

impl From<Schedule> for String {
    fn from(schedule: Schedule) -> Self {
        schedule.to_string()
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Every(period) => f.write_str(period.as_str()),
            Self::Cron(cron) => write!(f, "cron({cron})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_rate_is_a_length_of_time() {
        assert_eq!(Schedule::parse("rate(30 days)"), Schedule::parse("30d"));
        assert_eq!(Schedule::parse("rate(1 hour)"), Schedule::parse("60m"));
        for text in [
            "rate(30)",
            "rate(x days)",
            "rate(30 weeks)",
            "rate(0 days)",
            "rate(-1 days)",
        ] {
            assert!(
                matches!(Schedule::parse(text), Err(ScheduleError::Rate(_))),
                "{text}"
            );
        }
        assert_eq!(
            Schedule::parse("rate(30 days"),
            Err(ScheduleError::Unclosed)
        );
        assert!(matches!(
            Schedule::parse("monthly"),
            Err(ScheduleError::Period(_))
        ));
    }

    #[test]
    fn without_a_window_it_stays_due_until_it_is_done() {
        let daily = Schedule::parse("1d").unwrap();
        let last = at("2030-01-01T00:00:00Z");
        let due = at("2030-01-02T00:00:00Z");
        assert_eq!(
            daily.due(last, None, at("2030-01-01T23:59:59Z")),
            Due::At(due)
        );
        assert_eq!(daily.due(last, None, due), Due::Since(due));
        assert_eq!(
            daily.due(last, None, at("2031-01-01T00:00:00Z")),
            Due::Since(due)
        );
    }

    #[test]
    fn a_window_that_has_passed_waits_for_the_next() {
        let weekly = Schedule::parse("cron(0 4 ? * SUN *)").unwrap();
        let window = Period::parse("2h").unwrap();
        let due = |now| weekly.due(at("2030-01-01T00:00:00Z"), Some(&window), at(now));
        // 2030-01-06 is a Sunday.
        let first = at("2030-01-06T04:00:00Z");
        assert_eq!(due("2030-01-05T00:00:00Z"), Due::At(first));
        assert_eq!(due("2030-01-06T04:00:00Z"), Due::Since(first));
        assert_eq!(due("2030-01-06T05:59:59Z"), Due::Since(first));
        let second = at("2030-01-13T04:00:00Z");
        assert_eq!(due("2030-01-06T06:00:00Z"), Due::At(second));
        assert_eq!(due("2030-01-13T04:30:00Z"), Due::Since(second));
    }

    #[test]
    fn a_schedule_whose_years_are_over_is_never_due() {
        let over = Schedule::parse("cron(0 0 1 1 ? 2029)").unwrap();
        let now = at("2030-01-01T00:00:01Z");
        assert_eq!(over.due(now, None, now), Due::Never);
    }
}
