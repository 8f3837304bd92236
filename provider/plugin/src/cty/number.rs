//! Numbers without loss: what fits is an integer or a float, the rest keeps its decimal digits.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

/// The longest decimal text taken, in bytes. Terraform computes with 512 bits, about 154 digits.
const LONGEST_TEXT: usize = 4096;
/// The largest power of ten taken: a short text such as `1e999999999` must not grow without bound.
const LARGEST_EXPONENT: i64 = 4096;

/// A number as Terraform knows it: of any size, exact.
#[derive(Clone)]
pub struct Number(Form);

#[derive(Clone)]
enum Form {
    Int(i64),
    /// Never NaN.
    Float(f64),
    /// Neither an exact `i64` nor an exact `f64`.
    Decimal(Decimal),
}

/// `±0.d1d2d3... × 10^exponent`, `d1` and the last digit not 0; no digits mean zero.
#[derive(Clone, PartialEq, Eq)]
struct Decimal {
    negative: bool,
    digits: String,
    exponent: i64,
}

/// A text is no number, or one beyond all use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberError;

impl fmt::Display for NumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this is not a decimal number")
    }
}

impl std::error::Error for NumberError {}

impl Number {
    /// The number `value`, unless it is not a number.
    #[must_use]
    pub fn from_f64(value: f64) -> Option<Self> {
        if value.is_nan() {
            return None;
        }
        let whole = value as i64;
        // 2^63 as a float saturates to i64::MAX, which is a different number.
        if whole as f64 == value && whole != i64::MAX {
            return Some(Self(Form::Int(whole)));
        }
        Some(Self(Form::Float(value)))
    }

    /// The value as a signed integer, if it is one.
    #[must_use]
    pub fn to_i64(&self) -> Option<i64> {
        match &self.0 {
            Form::Int(value) => Some(*value),
            Form::Float(_) | Form::Decimal(_) => None,
        }
    }

    /// The value as an integer of up to 128 bits, if it is one.
    #[must_use]
    pub fn to_i128(&self) -> Option<i128> {
        match &self.0 {
            Form::Int(value) => Some(i128::from(*value)),
            Form::Float(value) => {
                let whole = *value as i128;
                (whole as f64 == *value && whole != i128::MAX).then_some(whole)
            }
            Form::Decimal(decimal) => decimal.plain().parse().ok(),
        }
    }

    /// The nearest float.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        match &self.0 {
            Form::Int(value) => *value as f64,
            Form::Float(value) => *value,
            Form::Decimal(decimal) => decimal.plain().parse().unwrap_or(f64::INFINITY),
        }
    }

    /// The float that is exactly this number, if there is one.
    pub(crate) fn exact_f64(&self) -> Option<f64> {
        match &self.0 {
            Form::Float(value) => Some(*value),
            Form::Int(_) | Form::Decimal(_) => None,
        }
    }

    /// `None` for the infinities.
    fn decimal(&self) -> Option<Decimal> {
        match &self.0 {
            Form::Int(value) => Decimal::parse(&value.to_string()),
            // Every finite float has a finite decimal expansion, of at most 1074 places.
            Form::Float(value) if value.is_finite() => Decimal::parse(&format!("{value:.1074}")),
            Form::Float(_) => None,
            Form::Decimal(decimal) => Some(decimal.clone()),
        }
    }
}

impl Decimal {
    fn parse(text: &str) -> Option<Self> {
        if text.len() > LONGEST_TEXT {
            return None;
        }
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, power) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, power)) => (mantissa, power.parse::<i64>().ok()?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let all: String = [whole, fraction].concat();
        if !all.bytes().all(|byte| byte.is_ascii_digit()) || power.abs() > LARGEST_EXPONENT {
            return None;
        }
        let leading = all.bytes().take_while(|byte| *byte == b'0').count();
        let digits = all.trim_start_matches('0').trim_end_matches('0').to_owned();
        if digits.is_empty() {
            return Some(Self {
                negative: false,
                digits,
                exponent: 0,
            });
        }
        let places = i64::try_from(whole.len())
            .ok()?
            .checked_sub(i64::try_from(leading).ok()?)?;
        Some(Self {
            negative,
            digits,
            exponent: places.checked_add(power)?,
        })
    }

    /// Plain notation without exponent.
    fn plain(&self) -> String {
        if self.digits.is_empty() {
            return "0".to_owned();
        }
        let sign = if self.negative { "-" } else { "" };
        let count = self.digits.len();
        match usize::try_from(self.exponent) {
            Ok(places) if places >= count => {
                format!(
                    "{sign}{}{}",
                    self.digits,
                    "0".repeat(places.saturating_sub(count))
                )
            }
            Ok(places) if places > 0 => {
                let (whole, fraction) = self.digits.split_at_checked(places).unwrap_or(("0", ""));
                format!("{sign}{whole}.{fraction}")
            }
            _ => {
                let zeros = usize::try_from(self.exponent.unsigned_abs()).unwrap_or(0);
                format!("{sign}0.{}{}", "0".repeat(zeros), self.digits)
            }
        }
    }

    fn magnitude(&self, other: &Self) -> Ordering {
        match (self.digits.is_empty(), other.digits.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => self
                .exponent
                .cmp(&other.exponent)
                .then_with(|| self.digits.cmp(&other.digits)),
        }
    }
}

impl FromStr for Number {
    type Err = NumberError;

    /// Reads decimal notation, with or without fraction and exponent.
    fn from_str(text: &str) -> Result<Self, NumberError> {
        if let Ok(value) = text.parse::<i64>() {
            return Ok(Self(Form::Int(value)));
        }
        let decimal = Decimal::parse(text).ok_or(NumberError)?;
        let plain = decimal.plain();
        if let Ok(value) = plain.parse::<i64>() {
            return Ok(Self(Form::Int(value)));
        }
        let float = plain.parse::<f64>().ok().filter(|float| float.is_finite());
        if let Some(float) = float
            && Decimal::parse(&format!("{float:.1074}")).as_ref() == Some(&decimal)
        {
            return Ok(Self(Form::Float(float)));
        }
        Ok(Self(Form::Decimal(decimal)))
    }
}

impl fmt::Display for Number {
    /// Plain decimal notation without exponent, with every digit.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.0, self.decimal()) {
            (Form::Int(value), _) => value.fmt(f),
            (_, Some(decimal)) => f.write_str(&decimal.plain()),
            (_, None) => self.to_f64().fmt(f),
        }
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Number({self})")
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        if let (Form::Int(left), Form::Int(right)) = (&self.0, &other.0) {
            return left.cmp(right);
        }
        if let (Form::Float(left), Form::Float(right)) = (&self.0, &other.0) {
            // Neither is NaN nor zero: both are whole, hence `Int`.
            return left.total_cmp(right);
        }
        match (self.decimal(), other.decimal()) {
            (Some(left), Some(right)) => match (left.negative, right.negative) {
                (false, true) => Ordering::Greater,
                (true, false) => Ordering::Less,
                (false, false) => left.magnitude(&right),
                (true, true) => right.magnitude(&left),
            },
            // One is infinite, and the other, which is no float, is not.
            (None, _) => self.to_f64().total_cmp(&0.0),
            (_, None) => 0.0_f64.total_cmp(&other.to_f64()),
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Number {}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Equal numbers have the same form, so the text is the same too.
        self.to_string().hash(state);
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self(Form::Int(value))
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        match i64::try_from(value) {
            Ok(value) => Self(Form::Int(value)),
            Err(_) => Self::from_text(&value.to_string()),
        }
    }
}

impl From<i128> for Number {
    fn from(value: i128) -> Self {
        match i64::try_from(value) {
            Ok(value) => Self(Form::Int(value)),
            Err(_) => Self::from_text(&value.to_string()),
        }
    }
}

impl Number {
    /// The text is that of an integer, which always parses.
    fn from_text(text: &str) -> Self {
        text.parse().unwrap_or(Self(Form::Float(f64::INFINITY)))
    }
}
