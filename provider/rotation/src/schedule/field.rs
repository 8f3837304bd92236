//! One field of a cron expression.

use super::ScheduleError;

/// The numbers that a field takes, and their names.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) first: u16,
    pub(super) last: u16,
    /// Names of the numbers from `first` on.
    pub(super) names: &'static [&'static str],
}

pub(super) const MINUTES: Kind = Kind {
    name: "minutes",
    first: 0,
    last: 59,
    names: &[],
};
pub(super) const HOURS: Kind = Kind {
    name: "hours",
    first: 0,
    last: 23,
    names: &[],
};
pub(super) const DAY_OF_MONTH: Kind = Kind {
    name: "day of month",
    first: 1,
    last: 31,
    names: &[],
};
pub(super) const MONTH: Kind = Kind {
    name: "month",
    first: 1,
    last: 12,
    names: &[
        "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
    ],
};
/// 1 is Sunday.
pub(super) const DAY_OF_WEEK: Kind = Kind {
    name: "day of week",
    first: 1,
    last: 7,
    names: &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
};
pub(super) const YEAR: Kind = Kind {
    name: "year",
    first: 1970,
    last: 2199,
    names: &[],
};

/// Numbers from `first` to `last`, every `step`-th of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    first: u16,
    last: u16,
    step: u16,
}

/// The numbers that a field allows: `*`, `5`, `1-5`, `*/15`, `10/5`, and several of these with commas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Numbers(Vec<Run>);

impl Numbers {
    pub(super) fn parse(text: &str, kind: Kind) -> Result<Self, ScheduleError> {
        let runs = text.split(',').map(|part| run(part, kind));
        runs.collect::<Option<Vec<_>>>()
            .map(Self)
            .ok_or_else(|| kind.refuse(text, ""))
    }

    pub(super) fn contains(&self, number: u16) -> bool {
        self.0.iter().any(|run| {
            let offset = number.checked_sub(run.first);
            number <= run.last && offset.and_then(|offset| offset.checked_rem(run.step)) == Some(0)
        })
    }

    /// The smallest allowed number that is at least `from`.
    pub(super) fn first_from(&self, from: u16, kind: Kind) -> Option<u16> {
        (from..=kind.last).find(|number| self.contains(*number))
    }
}

fn run(text: &str, kind: Kind) -> Option<Run> {
    let (range, step) = match text.split_once('/') {
        Some((range, step)) => (
            range,
            Some(step.parse::<u16>().ok().filter(|step| *step > 0)?),
        ),
        None => (text, None),
    };
    let (first, last) = match range.split_once('-') {
        _ if range == "*" => (kind.first, kind.last),
        Some((first, last)) => (kind.number(first)?, kind.number(last)?),
        // `10/5` goes on to the end, `10` is one number.
        None => {
            let number = kind.number(range)?;
            (number, if step.is_some() { kind.last } else { number })
        }
    };
    let step = step.unwrap_or(1);
    (first <= last).then_some(Run { first, last, step })
}

impl Kind {
    /// The number that `text` is or names.
    pub(super) fn number(self, text: &str) -> Option<u16> {
        let named = self
            .names
            .iter()
            .zip(self.first..)
            .find_map(|(name, number)| name.eq_ignore_ascii_case(text).then_some(number));
        named.or_else(|| {
            let all_digits = text.bytes().all(|byte| byte.is_ascii_digit());
            let number = text.parse::<u16>().ok().filter(|_| all_digits)?;
            (self.first..=self.last).contains(&number).then_some(number)
        })
    }

    /// The error for `text`; `more` says what may stand there besides numbers.
    pub(super) fn refuse(self, text: &str, more: &str) -> ScheduleError {
        let names = match (self.names.first(), self.names.last()) {
            (Some(first), Some(last)) => format!(", or {first} to {last}"),
            _ => String::new(),
        };
        ScheduleError::Field {
            field: self.name,
            text: text.to_owned(),
            expected: format!(
                "write numbers from {} to {}{names}, with `,` `-` `*` and `/`{more}",
                self.first, self.last
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(text: &str, kind: Kind) -> Vec<u16> {
        let numbers = Numbers::parse(text, kind).unwrap();
        (kind.first..=kind.last)
            .filter(|number| numbers.contains(*number))
            .collect()
    }

    #[test]
    fn reads_lists_ranges_steps_and_names() {
        assert_eq!(allowed("*/15", MINUTES), [0, 15, 30, 45]);
        assert_eq!(allowed("50/5", MINUTES), [50, 55]);
        assert_eq!(allowed("1,3-5", HOURS), [1, 3, 4, 5]);
        assert_eq!(allowed("0-10/5", HOURS), [0, 5, 10]);
        assert_eq!(allowed("MON-FRI", DAY_OF_WEEK), [2, 3, 4, 5, 6]);
        assert_eq!(allowed("jan,12", MONTH), [1, 12]);
        assert_eq!(allowed("*", MONTH).len(), 12);
    }

    #[test]
    fn refuses_what_lies_outside_and_says_what_is_allowed() {
        for text in ["60", "", "5-1", "*/0", "x", "+5", "1,", "1-2-3", "-1"] {
            assert!(Numbers::parse(text, MINUTES).is_err(), "{text}");
        }
        let error = Numbers::parse("13", MONTH).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the field month of the cron expression is \"13\"; write numbers from 1 to 12, or JAN to DEC, \
             with `,` `-` `*` and `/`"
        );
    }
}
