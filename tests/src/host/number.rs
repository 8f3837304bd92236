//! A number of any size, exact, as cty has it.

use std::fmt;

/// A decimal number in one canonical notation: no exponent, no sign of zero, no zeros that say nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Number(String);

impl Number {
    /// Reads decimal notation, with or without exponent.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (sign, text) = match text.strip_prefix('-') {
            Some(rest) => ("-", rest),
            None => ("", text),
        };
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}");
        if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        let point = i32::try_from(whole.len()).ok()?.checked_add(exponent)?;
        if point.abs() > 10_000 {
            return None;
        }
        let (whole, fraction) = match usize::try_from(point) {
            Err(_) => {
                let zeros = usize::try_from(point.unsigned_abs()).ok()?;
                (String::new(), format!("{}{digits}", "0".repeat(zeros)))
            }
            Ok(point) if point >= digits.len() => {
                let zeros = "0".repeat(point.saturating_sub(digits.len()));
                (format!("{digits}{zeros}"), String::new())
            }
            Ok(point) => {
                let (whole, fraction) = digits.split_at_checked(point)?;
                (whole.to_owned(), fraction.to_owned())
            }
        };
        let whole = whole.trim_start_matches('0');
        let fraction = fraction.trim_end_matches('0');
        let magnitude = match (whole, fraction) {
            ("", "") => return Some(Self("0".to_owned())),
            (whole, "") => whole.to_owned(),
            ("", fraction) => format!("0.{fraction}"),
            (whole, fraction) => format!("{whole}.{fraction}"),
        };
        Some(Self(format!("{sign}{magnitude}")))
    }

    /// The exact value of a binary number, with all of its digits.
    #[must_use]
    pub fn exactly(float: f64) -> Option<Self> {
        // No double has more digits behind the point.
        Self::parse(&format!("{float:.1080}"))
    }

    /// It as an integer, if it is one of 64 bits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        self.0.parse().ok()
    }

    /// It as a binary number, if that holds it exactly.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        let float: f64 = self.0.parse().ok()?;
        (Self::exactly(float)? == *self).then_some(float)
    }

    /// Its digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<i64> for Number {
    fn from(number: i64) -> Self {
        Self(number.to_string())
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Number;

    #[test]
    fn one_number_has_one_notation() {
        let cases = [
            ("1.50", "1.5"),
            ("-0.0", "0"),
            ("007", "7"),
            ("1e3", "1000"),
            ("12.5e-3", "0.0125"),
            ("-.5", "-0.5"),
        ];
        for (text, canonical) in cases {
            assert_eq!(
                Number::parse(text).map(|number| number.to_string()),
                Some(canonical.to_owned()),
                "{text}"
            );
        }
        assert_eq!(Number::parse("1.2.3"), None);
        assert_eq!(Number::parse(""), None);
    }

    #[test]
    fn a_tenth_is_no_binary_number() {
        let tenth = Number::parse("0.1").unwrap();
        assert_eq!(tenth.as_f64(), None);
        assert_ne!(Number::exactly(0.1).unwrap(), tenth);
        assert_eq!(Number::parse("0.5").unwrap().as_f64(), Some(0.5));
    }
}
