//! Times in which nothing is rotated, however due it is.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Cron, Period, Schedule};

/// A time in which nothing is rotated: once, or again and again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Blackout {
    /// From one time until another.
    Once {
        /// It begins here.
        from: Timestamp,
        /// It has ended here.
        until: Timestamp,
    },
    /// From each time that a cron expression names, for so long.
    Repeated {
        /// When it begins.
        schedule: Schedule,
        /// How long it lasts.
        length: Period,
    },
}

/// Why there is no such blackout.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum BlackoutError {
    /// It ends before it begins.
    #[error("the blackout ends before it begins")]
    Backwards,
    /// A length of time says nothing of when it begins.
    #[error(
        "a blackout that repeats begins at times of the clock: write cron(...), such as cron(0 0 ? * SAT *)"
    )]
    NoCron,
}

impl Blackout {
    /// Refuses what cannot be meant.
    ///
    /// # Errors
    /// [`BlackoutError`].
    pub fn check(&self) -> Result<(), BlackoutError> {
        match self {
            Self::Once { from, until } if until <= from => Err(BlackoutError::Backwards),
            Self::Repeated {
                schedule: Schedule::Every(_),
                ..
            } => Err(BlackoutError::NoCron),
            _ => Ok(()),
        }
    }

    /// When the blackout ends that lies over `time`; `None` where none does. Cron times are meant in `zone`.
    #[must_use]
    pub fn over(&self, time: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Once { from, until } => (*from <= time && time < *until).then_some(*until),
            Self::Repeated {
                schedule: Schedule::Cron(cron),
                length,
            } => over(&cron.clone().in_zone(zone.clone()), length, time),
            Self::Repeated { .. } => None,
        }
    }
}

/// The end of the last of the overlapping blackouts that lie over `time`.
fn over(cron: &Cron, length: &Period, time: Timestamp) -> Option<Timestamp> {
    // One that lies over `time` began after this; its own end does not belong to it.
    let mut begin = cron.next_after(length.before(time))?;
    let mut end = None;
    while begin <= time {
        end = Some(length.after(begin));
        begin = cron.next_after(begin)?;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_weekend_lies_over_saturday_and_sunday() {
        let weekend = Blackout::Repeated {
            schedule: Schedule::parse("cron(0 0 ? * SAT *)").unwrap(),
            length: Period::parse("2d").unwrap(),
        };
        // The 5th of January 2030 is a Saturday.
        let over = |time: &str| weekend.over(at(time), &TimeZone::UTC);
        assert_eq!(over("2030-01-04T23:59:59Z"), None);
        assert_eq!(
            over("2030-01-05T00:00:00Z"),
            Some(at("2030-01-07T00:00:00Z"))
        );
        assert_eq!(
            over("2030-01-06T23:59:59Z"),
            Some(at("2030-01-07T00:00:00Z"))
        );
        assert_eq!(over("2030-01-07T00:00:00Z"), None);
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let (from, until) = (at("2030-01-02T00:00:00Z"), at("2030-01-01T00:00:00Z"));
        let backwards = Blackout::Once { from, until };
        assert_eq!(backwards.check(), Err(BlackoutError::Backwards));
        let no_cron = Blackout::Repeated {
            schedule: Schedule::parse("7d").unwrap(),
            length: Period::parse("2d").unwrap(),
        };
        assert_eq!(no_cron.check(), Err(BlackoutError::NoCron));
    }
}
