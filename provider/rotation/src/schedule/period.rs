//! Lengths of time such as `30d`.

use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A length of time above zero: `90d`, `12h`, `1w 3d`, also in ISO 8601 (`P90D`). A day has 24 hours; months and
/// years, whose lengths differ, are refused.
///
/// Two are equal that are equally long, however they are written.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Period {
    length: SignedDuration,
    text: String,
}

/// Why a text is no length of time.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum PeriodError {
    /// It is none, or one of months or years.
    #[error(
        "a length of time such as \"90d\", \"12h\" or \"1w 3d\" is expected here, without months and years"
    )]
    NoPeriod,
    /// It is zero or below.
    #[error("a length of time above zero is expected here")]
    NotPositive,
}

impl Period {
    /// Parses `text`.
    ///
    /// # Errors
    /// Where it is no length of time, or has months or years, or is not above zero.
    pub fn parse(text: &str) -> Result<Self, PeriodError> {
        let span: Span = text.parse().map_err(|_| PeriodError::NoPeriod)?;
        let length = span
            .to_duration(SpanRelativeTo::days_are_24_hours())
            .map_err(|_| PeriodError::NoPeriod)?;
        if span.get_months() != 0 || span.get_years() != 0 {
            return Err(PeriodError::NoPeriod);
        }
        if length <= SignedDuration::ZERO {
            return Err(PeriodError::NotPositive);
        }
        Ok(Self {
            length,
            text: text.to_owned(),
        })
    }

    /// How long it is.
    #[must_use]
    pub fn length(&self) -> SignedDuration {
        self.length
    }

    /// The time that lies this long after `time`, or the end of time.
    #[must_use]
    pub fn after(&self, time: Timestamp) -> Timestamp {
        time.saturating_add(self.length).unwrap_or(Timestamp::MAX)
    }

    /// The time that lies this long before `time`, or the beginning of time.
    #[must_use]
    pub fn before(&self, time: Timestamp) -> Timestamp {
        time.saturating_sub(self.length).unwrap_or(Timestamp::MIN)
    }

    /// The first of `start` + 1, 2, 3, ... lengths that lies after `time`; `None` beyond the end of time.
    #[must_use]
    pub fn repetition_after(&self, start: Timestamp, time: Timestamp) -> Option<Timestamp> {
        let passed = time.duration_since(start).as_nanos().max(0);
        let length = self.length.as_nanos().max(1);
        let count = passed.checked_div(length)?.checked_add(1)?;
        let nanos = start
            .as_nanosecond()
            .checked_add(length.checked_mul(count)?)?;
        Timestamp::from_nanosecond(nanos).ok()
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl PartialEq for Period {
    fn eq(&self, other: &Self) -> bool {
        self.length == other.length
    }
}

impl Eq for Period {}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Period {
    type Error = PeriodError;

    fn try_from(text: String) -> Result<Self, PeriodError> {
        Self::parse(&text)
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.text
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_has_a_fixed_length_and_nothing_else() {
        let hours = |text| Period::parse(text).map(|period| period.length.as_hours());
        assert_eq!(hours("30d"), Ok(720));
        assert_eq!(hours("1w 3d"), Ok(240));
        assert_eq!(hours("P1DT12H"), Ok(36));
        assert_eq!(hours("90m"), Ok(1));
        for text in ["", "30", "1mo", "1y", "soon"] {
            assert_eq!(hours(text), Err(PeriodError::NoPeriod), "{text}");
        }
        for text in ["-3d", "0s"] {
            assert_eq!(hours(text), Err(PeriodError::NotPositive), "{text}");
        }
        assert_eq!(Period::parse("24h"), Period::parse("1d"));
    }

    #[test]
    fn the_ends_of_time_are_not_passed() {
        let long = Period::parse("99999d").unwrap();
        assert_eq!(long.after(Timestamp::MAX), Timestamp::MAX);
        assert_eq!(long.before(Timestamp::MIN), Timestamp::MIN);
        assert_eq!(long.repetition_after(Timestamp::MAX, Timestamp::MAX), None);
    }

    #[test]
    fn repetitions_lie_after_the_time_given() {
        let day = Period::parse("1d").unwrap();
        let start: Timestamp = "2030-01-01T00:00:00Z".parse().unwrap();
        let after = |time: &str| {
            let found = day.repetition_after(start, time.parse().unwrap()).unwrap();
            found.to_string()
        };
        assert_eq!(after("2029-01-01T00:00:00Z"), "2030-01-02T00:00:00Z");
        assert_eq!(after("2030-01-01T00:00:00Z"), "2030-01-02T00:00:00Z");
        assert_eq!(after("2030-01-02T00:00:00Z"), "2030-01-03T00:00:00Z");
        assert_eq!(after("2030-01-09T23:00:00Z"), "2030-01-10T00:00:00Z");
    }
}
