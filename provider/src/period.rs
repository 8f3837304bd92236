//! Lengths of time such as `30d`, as attributes.

use coffer_plugin::cty::{Cty, CtyType};
use coffer_plugin::{AttributeType, DecodeError};
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};

/// A length of time: `90d`, `12h`, `1w 3d`, also in ISO 8601 (`P90D`). A day has 24 hours; months and years, whose
/// lengths differ, are refused.
#[derive(Clone, Debug)]
pub(crate) struct Period {
    length: SignedDuration,
    text: String,
}

impl Period {
    /// Parses `text`.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        const EXPECTED: &str = "a length of time such as \"90d\", \"12h\" or \"1w 3d\" is expected here, without months and years";
        let span: Span = text.parse().map_err(|_| EXPECTED)?;
        let length = span
            .to_duration(SpanRelativeTo::days_are_24_hours())
            .map_err(|_| EXPECTED)?;
        if length <= SignedDuration::ZERO {
            return Err("a length of time above zero is expected here");
        }
        Ok(Self {
            length,
            text: text.to_owned(),
        })
    }

    /// The length.
    pub(crate) fn length(&self) -> SignedDuration {
        self.length
    }

    /// The time that lies this long after `time`, or the end of time.
    pub(crate) fn after(&self, time: Timestamp) -> Timestamp {
        time.saturating_add(self.length).unwrap_or(Timestamp::MAX)
    }

    /// The time that lies this long before `time`, or the beginning of time.
    pub(crate) fn before(&self, time: Timestamp) -> Timestamp {
        time.saturating_sub(self.length).unwrap_or(Timestamp::MIN)
    }

    /// As it was written.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }
}

impl PartialEq for Period {
    fn eq(&self, other: &Self) -> bool {
        self.length == other.length
    }
}

impl AttributeType for Period {
    fn cty_type() -> CtyType {
        CtyType::String
    }

    fn from_cty(value: Cty) -> Result<Self, DecodeError> {
        Self::parse(&String::from_cty(value)?).map_err(DecodeError::invalid)
    }

    fn to_cty(&self) -> Cty {
        Cty::String(self.text.clone())
    }

    fn means_the_same(left: &Cty, right: &Cty) -> bool {
        match (Self::from_cty(left.clone()), Self::from_cty(right.clone())) {
            (Ok(left), Ok(right)) => left == right,
            _ => left == right,
        }
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
        for text in ["", "30", "1mo", "1y", "-3d", "0s", "soon"] {
            assert!(hours(text).is_err(), "{text}");
        }
        assert_eq!(Period::parse("24h"), Period::parse("1d"));
    }
}
