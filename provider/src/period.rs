//! Lengths of time such as `30d`, as attributes.

use coffer_plugin::cty::{Cty, CtyType};
use coffer_plugin::{AttributeType, DecodeError, Value};
use coffer_rotation::schedule::PeriodError;
use jiff::{SignedDuration, Timestamp};

/// A [length of time](coffer_rotation::schedule::Period), parsed at the door.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Period(coffer_rotation::schedule::Period);

impl Period {
    /// Parses `text`.
    pub(crate) fn parse(text: &str) -> Result<Self, PeriodError> {
        text.parse().map(Self)
    }

    /// The length of time itself.
    pub(crate) fn as_period(&self) -> &coffer_rotation::schedule::Period {
        &self.0
    }

    /// The length.
    pub(crate) fn length(&self) -> SignedDuration {
        self.0.length()
    }

    /// The time that lies this long after `time`, or the end of time.
    pub(crate) fn after(&self, time: Timestamp) -> Timestamp {
        self.0.after(time)
    }

    /// The time that lies this long before `time`, or the beginning of time.
    pub(crate) fn before(&self, time: Timestamp) -> Timestamp {
        self.0.before(time)
    }

    /// As it was written.
    pub(crate) fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// What a refresh makes of `own`, an argument that has `default` unless set, where `stored` seconds are stored: another
/// spelling of the same length, and what is not set, stay as they are.
pub(crate) fn refreshed(own: Value<Period>, stored: i64, default: SignedDuration) -> Value<Period> {
    if own.as_known().map_or(default, Period::length).as_secs() == stored {
        own
    } else {
        Period::parse(&format!("{stored}s")).ok().into()
    }
}

/// The time that lies `length` from now, or the end of time.
pub(crate) fn from_now(length: SignedDuration) -> Timestamp {
    Timestamp::now()
        .saturating_add(length)
        .unwrap_or(Timestamp::MAX)
}

impl AttributeType for Period {
    fn cty_type() -> CtyType {
        CtyType::String
    }

    fn from_cty(value: Cty) -> Result<Self, DecodeError> {
        Self::parse(&String::from_cty(value)?)
            .map_err(|error| DecodeError::invalid(error.to_string()))
    }

    fn to_cty(&self) -> Cty {
        Cty::String(self.0.as_str().to_owned())
    }

    fn means_the_same(left: &Cty, right: &Cty) -> bool {
        match (Self::from_cty(left.clone()), Self::from_cty(right.clone())) {
            (Ok(left), Ok(right)) => left == right,
            _ => left == right,
        }
    }
}
