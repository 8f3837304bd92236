//! An argument that is an object of which some members may be left out, which Terraform's own types for functions
//! cannot say.

use std::collections::BTreeMap;

use coffer_plugin::cty::Cty;
use coffer_plugin::{AttributeType, DecodeError, FunctionError};

/// The members of an object, as they are taken out.
pub(super) struct Members {
    parameter: &'static str,
    left: BTreeMap<String, Cty>,
    known: Vec<&'static str>,
}

impl Members {
    /// The members of the argument for `parameter`.
    pub(super) fn of(parameter: &'static str, argument: Cty) -> Result<Self, FunctionError> {
        match untyped(argument) {
            Cty::Object(left) => Ok(Self {
                parameter,
                left,
                known: Vec::new(),
            }),
            _ => Err(FunctionError::argument(
                parameter,
                "an object such as { name = \"prod/db\" } is expected here",
            )),
        }
    }

    /// Takes the member `name`; a null is as good as none.
    pub(super) fn take<T: AttributeType>(
        &mut self,
        name: &'static str,
    ) -> Result<Option<T>, FunctionError> {
        self.known.push(name);
        let value = self.left.remove(name).map(untyped).unwrap_or_default();
        Option::<T>::from_cty(value).map_err(|error| match error {
            DecodeError::Unknown => self.refuse(format!("{name} is not known yet")),
            DecodeError::Invalid { path, reason } if path.is_root() => {
                self.refuse(format!("{name}: {reason}"))
            }
            DecodeError::Invalid { path, reason } => {
                self.refuse(format!("{name}.{path}: {reason}"))
            }
        })
    }

    /// Takes the member `name`, which must be there.
    pub(super) fn require<T: AttributeType>(
        &mut self,
        name: &'static str,
    ) -> Result<T, FunctionError> {
        self.take(name)?
            .ok_or_else(|| self.refuse(format!("{name} is missing")))
    }

    /// Refuses members that nobody took: they are misspelt.
    pub(super) fn finish(self) -> Result<(), FunctionError> {
        match self.left.keys().next() {
            None => Ok(()),
            Some(name) => Err(FunctionError::argument(
                self.parameter,
                format!(
                    "there is no member {}; there are {}",
                    name.escape_debug(),
                    self.known.join(", ")
                ),
            )),
        }
    }

    /// An error of this argument.
    pub(super) fn refuse(&self, text: impl Into<String>) -> FunctionError {
        FunctionError::argument(self.parameter, text)
    }
}

/// Values of dynamic arguments bring their types along, at each level.
fn untyped(value: Cty) -> Cty {
    match value {
        Cty::Typed(_, value) => untyped(*value),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(members: &[(&str, Cty)]) -> Members {
        let members = members.iter().map(|(name, value)| (*name, value.clone()));
        Members::of("policy", Cty::object(members)).unwrap()
    }

    #[test]
    fn a_member_may_be_left_out_or_null_but_not_misspelt() {
        let mut some = members(&[("length", Cty::from(3)), ("lower", Cty::Null)]);
        assert_eq!(some.take::<u16>("length"), Ok(Some(3)));
        assert_eq!(some.take::<bool>("lower"), Ok(None));
        assert_eq!(some.finish(), Ok(()));

        let mut misspelt = members(&[("lenght", Cty::from(3))]);
        assert_eq!(misspelt.take::<u16>("length"), Ok(None));
        let error = misspelt.finish().unwrap_err().to_string();
        assert_eq!(error, "there is no member lenght; there are length");
    }

    #[test]
    fn an_error_names_the_member_and_not_its_value() {
        let mut wrong = members(&[("length", Cty::from("hunter2"))]);
        let error = wrong.take::<u16>("length").unwrap_err().to_string();
        assert_eq!(error, "length: a number is expected here");
        let error = wrong.require::<u16>("name").unwrap_err().to_string();
        assert_eq!(error, "name is missing");
        assert!(Members::of("policy", Cty::from("hunter2")).is_err());
    }
}
