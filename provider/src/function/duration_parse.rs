//! `provider::coffer::duration_parse`

use coffer_plugin::{Arguments, Function, FunctionError, ObjectType};
use coffer_rotation::schedule::Period;

/// Takes a length of time apart, as coffer's arguments take it: `90d`, `12h`, `1w 3d`, also in ISO 8601 (`P90D`). A day
/// has 24 hours. Months and years, whose lengths differ, are refused.
#[derive(Arguments)]
pub(crate) struct DurationParse {
    /// The length of time.
    duration: String,
}

/// The same length in several units.
#[derive(Debug, PartialEq, ObjectType)]
pub(crate) struct Length {
    days: f64,
    hours: f64,
    minutes: f64,
    seconds: f64,
}

impl Function for DurationParse {
    type Output = Length;
    const NAME: &'static str = "duration_parse";
    const SUMMARY: &'static str = "Takes a length of time apart";

    fn call(self) -> Result<Length, FunctionError> {
        let period = Period::parse(&self.duration)
            .map_err(|error| FunctionError::argument("duration", error.to_string()))?;
        let seconds = period.length().as_secs_f64();
        Ok(Length {
            days: seconds / 86_400.0,
            hours: seconds / 3_600.0,
            minutes: seconds / 60.0,
            seconds,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(duration: &str) -> Result<Length, FunctionError> {
        let duration = duration.to_owned();
        DurationParse { duration }.call()
    }

    #[test]
    fn gives_the_whole_length_in_each_unit() {
        let length = Length {
            days: 1.5,
            hours: 36.0,
            minutes: 2160.0,
            seconds: 129_600.0,
        };
        assert_eq!(parse("1d 12h"), Ok(length));
        assert!(parse("1mo").is_err());
    }
}
