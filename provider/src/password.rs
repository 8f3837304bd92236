//! The arguments that describe a password to be generated.

use coffer_plugin::{Diagnostics, Model, Path, Value, validators};
use coffer_rotation::generator::{GenerateError, PasswordPolicy};

/// What a password is made of.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct PasswordArguments {
    /// How many characters, from 1 to 4096. 32 unless set.
    #[attr(optional, validate = validators::between(1..=4096))]
    pub(crate) length: Value<u16>,
    /// Whether lower-case letters may occur. `true` unless set.
    #[attr(optional)]
    pub(crate) lower: Value<bool>,
    /// Whether upper-case letters may occur. `true` unless set.
    #[attr(optional)]
    pub(crate) upper: Value<bool>,
    /// Whether digits may occur. `true` unless set.
    #[attr(optional)]
    pub(crate) numeric: Value<bool>,
    /// Whether special characters may occur. `true` unless set.
    #[attr(optional)]
    pub(crate) special: Value<bool>,
    /// How many lower-case letters there are at least.
    #[attr(optional)]
    pub(crate) min_lower: Value<u16>,
    /// How many upper-case letters there are at least.
    #[attr(optional)]
    pub(crate) min_upper: Value<u16>,
    /// How many digits there are at least.
    #[attr(optional)]
    pub(crate) min_numeric: Value<u16>,
    /// How many special characters there are at least.
    #[attr(optional)]
    pub(crate) min_special: Value<u16>,
    /// The special characters to choose from, instead of `!@#$%&*()-_=+[]{}<>:?`.
    #[attr(optional)]
    pub(crate) override_special: Value<String>,
    /// Characters that may not occur.
    #[attr(optional)]
    pub(crate) exclude_characters: Value<String>,
    /// Whether characters that people mistake for one another (`0 O 1 l I |`) are left out.
    #[attr(optional)]
    pub(crate) exclude_ambiguous: Value<bool>,
    /// The least entropy in bits; a policy that gives less is refused. 64 unless set: lower it only for systems
    /// that cannot take more.
    #[attr(optional)]
    pub(crate) min_entropy_bits: Value<u16>,
}

impl PasswordArguments {
    /// The policy that they describe; what is not set or not known has its default.
    pub(crate) fn policy(&self) -> PasswordPolicy {
        let default = PasswordPolicy::default();
        let count = |value: &Value<u16>, default: usize| {
            value.as_known().map_or(default, |n| usize::from(*n))
        };
        let flag = |value: &Value<bool>, default| value.as_known().copied().unwrap_or(default);
        PasswordPolicy {
            length: count(&self.length, default.length),
            lower: flag(&self.lower, default.lower),
            upper: flag(&self.upper, default.upper),
            digits: flag(&self.numeric, default.digits),
            special: flag(&self.special, default.special),
            min_lower: count(&self.min_lower, default.min_lower),
            min_upper: count(&self.min_upper, default.min_upper),
            min_digits: count(&self.min_numeric, default.min_digits),
            min_special: count(&self.min_special, default.min_special),
            override_special: self
                .override_special
                .as_known()
                .cloned()
                .or(default.override_special),
            exclude: self
                .exclude_characters
                .as_known()
                .cloned()
                .unwrap_or(default.exclude),
            exclude_ambiguous: flag(&self.exclude_ambiguous, default.exclude_ambiguous),
            min_entropy_bits: self
                .min_entropy_bits
                .as_known()
                .map_or(default.min_entropy_bits, |bits| f64::from(*bits)),
        }
    }

    /// Refuses a policy that contradicts itself or is weaker than its own floor, below `at`. What is unknown yet
    /// is judged once it is known.
    pub(crate) fn validate(&self, at: &Path, diagnostics: &mut Diagnostics) {
        if self.has_unknown() {
            return;
        }
        let policy = self.policy();
        let fault = match policy.entropy_bits() {
            Err(error) => Some(error),
            Ok(bits) if bits < policy.min_entropy_bits => Some(GenerateError::TooWeak {
                bits: bits.floor(),
                minimum: policy.min_entropy_bits,
            }),
            Ok(_) => None,
        };
        if let Some(error) = fault {
            let path = match argument(&error) {
                Some(name) => at.clone().attribute(name),
                None => at.clone(),
            };
            diagnostics.error_at(path, "No password can be generated", sentence(&error));
        }
    }

    fn has_unknown(&self) -> bool {
        let counts = [
            &self.length,
            &self.min_lower,
            &self.min_upper,
            &self.min_numeric,
            &self.min_special,
            &self.min_entropy_bits,
        ];
        let flags = [
            &self.lower,
            &self.upper,
            &self.numeric,
            &self.special,
            &self.exclude_ambiguous,
        ];
        counts.iter().any(|value| value.is_unknown())
            || flags.iter().any(|value| value.is_unknown())
            || self.override_special.is_unknown()
            || self.exclude_characters.is_unknown()
    }
}

/// The argument that an error is about, where it is about one.
fn argument(error: &GenerateError) -> Option<&'static str> {
    match error {
        GenerateError::Length { .. }
        | GenerateError::MinimumsTooLarge { .. }
        | GenerateError::TooWeak { .. } => Some("length"),
        GenerateError::NotPrintable {
            argument: "exclude",
            ..
        } => Some("exclude_characters"),
        GenerateError::NotPrintable { .. } => Some("override_special"),
        _ => None,
    }
}

/// The error's text, which begins with a small letter, as a sentence.
pub(crate) fn sentence(error: &GenerateError) -> String {
    let text = error.to_string();
    let mut rest = text.chars();
    let first = rest.next().into_iter().flat_map(char::to_uppercase);
    first.chain(rest).chain(['.']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(arguments: &PasswordArguments) -> Vec<String> {
        let mut diagnostics = Diagnostics::new();
        arguments.validate(&Path::root().attribute("generate"), &mut diagnostics);
        diagnostics.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn nothing_set_is_a_password_of_32_characters() {
        let nothing = PasswordArguments::null();
        assert_eq!(nothing.policy(), PasswordPolicy::default());
        assert_eq!(faults(&nothing), Vec::<String>::new());
    }

    #[test]
    fn a_weak_policy_is_refused_at_the_length() {
        let weak = PasswordArguments {
            length: Value::Known(6),
            ..PasswordArguments::null()
        };
        let faults_of_weak = faults(&weak);
        assert_eq!(faults_of_weak.len(), 1);
        assert!(faults_of_weak[0].starts_with("generate.length: No password can be generated"));
        assert!(faults_of_weak[0].contains("fewer than the 64"));

        let known_later = PasswordArguments {
            special: Value::Unknown,
            ..weak
        };
        assert_eq!(faults(&known_later), Vec::<String>::new());
    }
}
