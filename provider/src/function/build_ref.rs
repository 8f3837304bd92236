//! `provider::coffer::build_ref`

use coffer_backend::{Reference, is_store};
use coffer_plugin::cty::Cty;
use coffer_plugin::{Arguments, Function, FunctionError};
use coffer_vault::{SecretName, Stage, VersionSelector};

/// Writes a reference to a secret, as `parse_ref` reads it.
#[derive(Arguments)]
pub(crate) struct BuildRef {
    /// The parts, as `parse_ref` gives them: `name`, and `backend`, `key` and `version` or `version_stage`, which can be
    /// left out or null.
    parts: Cty,
}

impl Function for BuildRef {
    type Output = String;
    const NAME: &'static str = "build_ref";
    const SUMMARY: &'static str = "Writes a reference to a secret";

    fn call(self) -> Result<String, FunctionError> {
        let refuse = |text: String| FunctionError::argument("parts", text);
        let mut parts = super::members::Members::of("parts", self.parts)?;
        let name: String = parts.require("name")?;
        let name = SecretName::parse(&name).map_err(|error| refuse(format!("name: {error}")))?;
        let store: Option<String> = parts.take("backend")?;
        if store.as_deref().is_some_and(|store| !is_store(store)) {
            return Err(refuse(format!(
                "backend: a store is one of {}, or one of them with a colon and an alias",
                coffer_backend::STORE_KINDS.join(", ")
            )));
        }
        let key: Option<String> = parts.take("key")?;
        if key.as_deref() == Some("") {
            return Err(refuse("key: it is empty".to_owned()));
        }
        let number: Option<u64> = parts.take("version")?;
        let stage: Option<String> = parts.take("version_stage")?;
        parts.finish()?;
        let version = match (number, stage) {
            (Some(_), Some(_)) => {
                return Err(refuse(
                    "version and version_stage exclude each other".to_owned(),
                ));
            }
            (Some(0), None) => return Err(refuse("version: versions count from 1".to_owned())),
            (Some(number), None) => VersionSelector::Version(number),
            (None, None) => VersionSelector::Current,
            (None, Some(stage)) => match stage.parse::<Stage>() {
                Ok(Stage::Current) => VersionSelector::Current,
                Ok(stage) => VersionSelector::Stage(stage),
                Err(error) => return Err(refuse(format!("version_stage: {error}"))),
            },
        };
        let reference = Reference {
            store,
            name,
            key,
            version,
        };
        Ok(reference.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn build(parts: &[(&str, Cty)]) -> Result<String, String> {
        let parts = Cty::object(parts.iter().map(|(name, value)| (*name, value.clone())));
        BuildRef { parts }.call().map_err(|error| error.to_string())
    }

    #[test]
    fn writes_what_parse_ref_reads() {
        let name = ("name", Cty::from("prod/db"));
        assert_eq!(build(std::slice::from_ref(&name)).unwrap(), "prod/db");
        let all = [
            name,
            ("backend", Cty::from("aws:eu")),
            ("key", Cty::from("password")),
            ("version", Cty::Null),
            ("version_stage", Cty::from("previous")),
        ];
        assert_eq!(build(&all).unwrap(), "aws:eu:prod/db#password@previous");
    }

    #[test]
    fn refuses_parts_that_make_no_reference() {
        for (parts, expected) in [
            (vec![], "name is missing"),
            (vec![("name", Cty::from("/x"))], "name: "),
            (
                vec![("name", "x".into()), ("backend", "gcp".into())],
                "backend: ",
            ),
            (
                vec![("name", "x".into()), ("version", 0.into())],
                "versions count from 1",
            ),
            (
                vec![
                    ("name", "x".into()),
                    ("version", 1.into()),
                    ("version_stage", "pending".into()),
                ],
                "exclude each other",
            ),
            (
                vec![("name", "x".into()), ("stage", "pending".into())],
                "there is no member stage",
            ),
        ] {
            let error = build(&parts).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }
}
