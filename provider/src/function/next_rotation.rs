//! `provider::coffer::next_rotation`

use coffer_plugin::{Arguments, Function, FunctionError};
use coffer_rotation::schedule::Schedule;
use jiff::Timestamp;

/// Computes when a rotation is due that was last made at `last`, by the same rules as `coffer_rotation`. It may lie in the
/// past.
#[derive(Arguments)]
pub(crate) struct NextRotation {
    /// When the last rotation was (RFC 3339).
    last: String,
    /// A length of time (`30d`, `12h`, `1w 3d`), `rate(30 days)`, or a cron expression in AWS's spelling, in UTC:
    /// `cron(0 4 ? * SUN *)`.
    rule: String,
}

impl Function for NextRotation {
    type Output = String;
    const NAME: &'static str = "next_rotation";
    const SUMMARY: &'static str = "Computes when a rotation is due";

    fn call(self) -> Result<String, FunctionError> {
        let last: Timestamp = self.last.parse().map_err(|_| {
            FunctionError::argument(
                "last",
                "a time such as 2030-01-31T00:00:00Z is expected here",
            )
        })?;
        let rule = Schedule::parse(&self.rule)
            .map_err(|error| FunctionError::argument("rule", error.to_string()))?;
        match rule.next_after(last, last) {
            Some(next) => Ok(next.to_string()),
            None => Err(FunctionError::argument(
                "rule",
                "there is no such time after `last`: the rule's years are over, or its day does not exist",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(last: &str, rule: &str) -> Result<String, FunctionError> {
        let (last, rule) = (last.to_owned(), rule.to_owned());
        NextRotation { last, rule }.call()
    }

    #[test]
    fn takes_lengths_rates_and_cron() {
        let last = "2030-01-01T09:30:00+01:00";
        assert_eq!(next(last, "30d").unwrap(), "2030-01-31T08:30:00Z");
        assert_eq!(next(last, "rate(1 day)").unwrap(), "2030-01-02T08:30:00Z");
        assert_eq!(
            next(last, "cron(0 4 ? * SUN *)").unwrap(),
            "2030-01-06T04:00:00Z"
        );
    }

    #[test]
    fn an_error_points_at_its_argument() {
        let argument = |last: &str, rule: &str| {
            let error = next(last, rule).unwrap_err();
            ["last", "rule"]
                .into_iter()
                .find(|name| error == FunctionError::argument(name, error.to_string()))
        };
        assert_eq!(argument("yesterday", "30d"), Some("last"));
        assert_eq!(argument("2030-01-01T00:00:00Z", "monthly"), Some("rule"));
        assert_eq!(
            argument("2030-01-01T00:00:00Z", "cron(0 0 30 2 ? *)"),
            Some("rule")
        );
    }
}
