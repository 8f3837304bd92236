//! Rules for the values of attributes, for `#[attr(validate = ...)]`.
//!
//! Each is a function from a value to what is expected of it; write others as plain functions
//! `fn(&T) -> Result<(), impl Display>`. A rule never repeats the value in its error, which may be a secret.
//!
//! ```
//! use coffer_plugin::{Model, Value, validators};
//!
//! #[derive(Model)]
//! struct Jar {
//!     /// Where it stands.
//!     #[attr(optional, validate = validators::one_of(&["top", "bottom"]))]
//!     row: Value<String>,
//!     /// What it weighs, in grams.
//!     #[attr(optional, validate = validators::between(1..=5000))]
//!     weight: Value<u32>,
//!     /// What hangs on it.
//!     #[attr(optional, validate(validators::items(1..=3), validators::each(validators::length(1..=20))))]
//!     tags: Value<Vec<String>>,
//! }
//! ```

use std::fmt::Display;
use std::ops::RangeInclusive;

/// Text that is one of `allowed`.
pub fn one_of<S: AsRef<str>>(
    allowed: &'static [&'static str],
) -> impl Fn(&S) -> Result<(), String> {
    move |value| match allowed.contains(&value.as_ref()) {
        true => Ok(()),
        false => Err(format!("Use one of {}.", allowed.join(", "))),
    }
}

/// Text of so many characters.
pub fn length<S: AsRef<str>>(range: RangeInclusive<usize>) -> impl Fn(&S) -> Result<(), String> {
    move |value| match range.contains(&value.as_ref().chars().count()) {
        true => Ok(()),
        false => Err(format!(
            "Use {} to {} characters.",
            range.start(),
            range.end()
        )),
    }
}

/// Text that is not empty.
pub fn not_empty<S: AsRef<str>>() -> impl Fn(&S) -> Result<(), String> {
    |value| match value.as_ref().is_empty() {
        true => Err("It may not be empty.".to_owned()),
        false => Ok(()),
    }
}

/// A number in a range.
pub fn between<N: PartialOrd + Display>(
    range: RangeInclusive<N>,
) -> impl Fn(&N) -> Result<(), String> {
    move |value| match range.contains(value) {
        true => Ok(()),
        false => Err(format!(
            "Use a number from {} to {}.",
            range.start(),
            range.end()
        )),
    }
}

/// A number that is not too small.
pub fn at_least<N: PartialOrd + Display>(least: N) -> impl Fn(&N) -> Result<(), String> {
    move |value| match *value >= least {
        true => Ok(()),
        false => Err(format!("Use {least} or more.")),
    }
}

/// A list or set of so many elements.
pub fn items<C>(range: RangeInclusive<usize>) -> impl Fn(&C) -> Result<(), String>
where
    for<'a> &'a C: IntoIterator,
{
    move |value| match range.contains(&value.into_iter().count()) {
        true => Ok(()),
        false => Err(format!(
            "Use {} to {} elements.",
            range.start(),
            range.end()
        )),
    }
}

/// A list or set of which each element keeps `rule`.
pub fn each<C, T: 'static, E: Display>(
    rule: impl Fn(&T) -> Result<(), E>,
) -> impl Fn(&C) -> Result<(), String>
where
    for<'a> &'a C: IntoIterator<Item = &'a T>,
{
    move |value| {
        let fault = value.into_iter().find_map(|element| rule(element).err());
        fault.map_or(Ok(()), |error| Err(format!("In each element: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_takes_what_it_allows_and_names_what_it_expects() {
        assert_eq!(one_of(&["a", "b"])(&"b"), Ok(()));
        assert_eq!(
            one_of(&["a", "b"])(&"hunter2").unwrap_err(),
            "Use one of a, b."
        );
        assert_eq!(length(1..=3)(&"äöü"), Ok(()));
        assert!(length(1..=3)(&"").is_err());
        assert!(not_empty()(&"").is_err());
        assert_eq!(between(1..=5)(&5), Ok(()));
        assert_eq!(between(1..=5)(&6).unwrap_err(), "Use a number from 1 to 5.");
        assert_eq!(at_least(0.5)(&0.5), Ok(()));
        assert!(at_least(0.5)(&0.4).is_err());
        assert_eq!(items(1..=2)(&vec![1, 2]), Ok(()));
        assert!(items(1..=2)(&Vec::<u8>::new()).is_err());
        assert_eq!(each(between(1..=2))(&vec![1, 2]), Ok(()));
        let error = each(between(1..=2))(&vec![1, 3]).unwrap_err();
        assert_eq!(error, "In each element: Use a number from 1 to 2.");
    }
}
