//! `provider::coffer::parse_ref`

use coffer_backend::Reference;
use coffer_plugin::{Arguments, Function, FunctionError, ObjectType};
use coffer_vault::VersionSelector;

/// Takes a reference such as `aws:eu:prod/db#password@previous` apart, so that a variable can say in one line where a
/// secret is: `[STORE[:ALIAS]:]NAME[#KEY][@VERSION_OR_STAGE]`. Parts that are left out are null.
///
/// In the name and the key, `%` and two hexadecimal digits stand for a character that the notation itself uses.
#[derive(Arguments)]
pub(crate) struct ParseRef {
    /// The reference.
    reference: String,
}

/// The parts of a reference.
#[derive(Debug, PartialEq, ObjectType)]
pub(crate) struct Parts {
    backend: Option<String>,
    name: String,
    key: Option<String>,
    version: Option<u64>,
    version_stage: Option<String>,
}

impl Function for ParseRef {
    type Output = Parts;
    const NAME: &'static str = "parse_ref";
    const SUMMARY: &'static str = "Takes a reference to a secret apart";

    fn call(self) -> Result<Parts, FunctionError> {
        let reference = Reference::parse(&self.reference)
            .map_err(|error| FunctionError::argument("reference", error.to_string()))?;
        let (version, version_stage) = match reference.version {
            VersionSelector::Current => (None, None),
            VersionSelector::Version(number) => (Some(number), None),
            VersionSelector::Stage(stage) => (None, Some(stage.to_string())),
        };
        Ok(Parts {
            backend: reference.store,
            name: reference.name.as_str().to_owned(),
            key: reference.key,
            version,
            version_stage,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(reference: &str) -> Result<Parts, FunctionError> {
        let reference = reference.to_owned();
        ParseRef { reference }.call()
    }

    #[test]
    fn parts_that_are_left_out_are_null() {
        let parts = parse("aws:prod/db#password@3").unwrap();
        assert_eq!(parts.backend.as_deref(), Some("aws"));
        assert_eq!(parts.key.as_deref(), Some("password"));
        assert_eq!((parts.version, parts.version_stage), (Some(3), None));
        let bare = parse("prod/db").unwrap();
        assert_eq!((bare.backend, bare.key, bare.version), (None, None, None));
    }

    #[test]
    fn an_error_points_at_the_argument_and_does_not_repeat_it() {
        let error = parse("postgres://app:hunter2@db").unwrap_err();
        assert!(!error.to_string().contains("hunter2"));
        assert_eq!(
            error,
            FunctionError::argument("reference", error.to_string())
        );
    }
}
