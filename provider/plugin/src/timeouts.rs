//! `timeouts {}`: how long the operations on one object may take.
//!
//! A model takes one of these structs as a nested block of the name `timeouts`, and the SDK does the rest: it
//! reads the block, sets [`Call::deadline`](crate::Call::deadline), cancels the call when time is up and reports it.
//!
//! ```
//! use coffer_plugin::{Model, timeouts};
//!
//! #[derive(Model)]
//! struct Jar {
//!     /// How long the operations may take.
//!     #[block]
//!     timeouts: Option<timeouts::Resource>,
//! }
//! ```

use std::time::Duration;

use coffer_plugin_derive::Model;

use crate::attribute_type::{AttributeType, DecodeError};
use crate::cty::{Cty, CtyType};
use crate::value::Value;

/// How long the operations may take.
#[derive(Clone, Debug, Model)]
pub struct Resource {
    /// How long a creation may take, such as `30s` or `1h30m`.
    #[attr(optional)]
    pub create: Value<Duration>,
    /// How long a read or a plan may take.
    #[attr(optional)]
    pub read: Value<Duration>,
    /// How long an update may take.
    #[attr(optional)]
    pub update: Value<Duration>,
    /// How long a deletion may take.
    #[attr(optional)]
    pub delete: Value<Duration>,
}

/// How long the operations may take.
#[derive(Clone, Debug, Model)]
pub struct DataSource {
    /// How long a read may take, such as `30s` or `1h30m`.
    #[attr(optional)]
    pub read: Value<Duration>,
}

/// How long the operations may take.
#[derive(Clone, Debug, Model)]
pub struct Ephemeral {
    /// How long opening may take, such as `30s` or `1h30m`.
    #[attr(optional)]
    pub open: Value<Duration>,
}

/// How long the operations may take.
#[derive(Clone, Debug, Model)]
pub struct Action {
    /// How long the action may take, such as `30s` or `1h30m`.
    #[attr(optional)]
    pub invoke: Value<Duration>,
}

/// A length of time in Go's notation: `1h30m`, `1.5s`, `200ms`. Never negative.
impl AttributeType for Duration {
    fn cty_type() -> CtyType {
        CtyType::String
    }

    fn from_cty(value: Cty) -> Result<Self, DecodeError> {
        let text = String::from_cty(value)?;
        parse(&text).ok_or_else(|| {
            DecodeError::invalid("a length of time is expected, such as 30s, 15m or 1h30m")
        })
    }

    fn to_cty(&self) -> Cty {
        Cty::String(written(*self))
    }

    fn means_the_same(left: &Cty, right: &Cty) -> bool {
        let read = |value: &Cty| match value {
            Cty::String(text) => parse(text),
            _ => None,
        };
        left == right || read(left).is_some_and(|length| read(right) == Some(length))
    }
}

fn parse(text: &str) -> Option<Duration> {
    if text == "0" {
        return Some(Duration::ZERO);
    }
    let mut rest = text;
    let mut total = Duration::ZERO;
    while !rest.is_empty() || text.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at_checked(digits)?;
        let letters = tail
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(tail.len());
        let (unit, tail) = tail.split_at_checked(letters)?;
        let seconds = match unit {
            "h" => 3600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 1e-3,
            "us" | "µs" => 1e-6,
            "ns" => 1e-9,
            _ => return None,
        };
        let number: f64 = number.parse().ok()?;
        total = total.checked_add(Duration::try_from_secs_f64(number * seconds).ok()?)?;
        rest = tail;
    }
    Some(total)
}

/// The shortest notation in whole units.
fn written(length: Duration) -> String {
    let seconds = length.as_secs();
    let nanos = length.subsec_nanos();
    if length.is_zero() {
        return "0s".to_owned();
    }
    let units = [
        (seconds / 3600, "h"),
        (seconds / 60 % 60, "m"),
        (seconds % 60, "s"),
        (u64::from(nanos) / 1_000_000, "ms"),
        (u64::from(nanos) / 1000 % 1000, "us"),
        (u64::from(nanos) % 1000, "ns"),
    ];
    units
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, unit)| format!("{n}{unit}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read_in_gos_notation() {
        let cases = [
            ("0", Some(0)),
            ("30s", Some(30_000)),
            ("1h30m", Some(5_400_000)),
            ("1.5s", Some(1500)),
            ("200ms", Some(200)),
            ("", None),
            ("30", None),
            ("-1s", None),
            ("1d", None),
            ("1..5s", None),
            ("s", None),
        ];
        for (text, milliseconds) in cases {
            assert_eq!(
                parse(text),
                milliseconds.map(Duration::from_millis),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_written_is_read_as_the_same() {
        for nanos in [
            0,
            1,
            999,
            1_000_000,
            61_000_000_000,
            5_400_000_000_000,
            86_400_000_000_001,
        ] {
            let length = Duration::from_nanos(nanos);
            assert_eq!(parse(&written(length)), Some(length), "{}", written(length));
        }
    }
}
