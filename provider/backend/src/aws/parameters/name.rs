//! Which parameter a secret is.

use std::borrow::Cow;

use aws_config::SdkConfig;
use coffer_vault::SecretName;

use super::{SYSTEM, invalid};
use crate::aws::failure::other_region;
use crate::error::Result;

/// What an ARN of a parameter has between its colons: `arn:aws:ssm:REGION:ACCOUNT:parameter/NAME`.
const SERVICE: &str = "ssm";
const RESOURCE: &str = "parameter/";

/// The parameter that `name` is written to: `prod/db` is `/prod/db`, and `db`, without a slash, is `db`.
pub(super) fn parameter(name: &SecretName) -> Result<Cow<'_, str>> {
    let text = name.as_str();
    if text.starts_with("arn:") {
        return Err(invalid(format!(
            "\"{text}\" is an ARN, which reads a parameter that another account shares; write to it by its name"
        )));
    }
    let is_allowed =
        |character: char| character.is_ascii_alphanumeric() || "_.-/".contains(character);
    if !text.chars().all(is_allowed) {
        return Err(invalid(format!(
            "the name \"{text}\" has other characters than a parameter's, which are letters, digits and _ . - /"
        )));
    }
    Ok(match text.contains('/') {
        true => Cow::Owned(format!("/{text}")),
        false => Cow::Borrowed(text),
    })
}

/// What is read for `name`: the parameter, or an ARN, which parameters of other accounts are read by.
pub(super) fn readable<'a>(name: &'a SecretName, config: &SdkConfig) -> Result<Cow<'a, str>> {
    let text = name.as_str();
    if !text.starts_with("arn:") {
        return parameter(name);
    }
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let is_parameter = matches!(
        parts.as_slice(),
        [_, _, SERVICE, _, _, rest] if rest.starts_with(RESOURCE) && !rest.contains(':')
    );
    if !is_parameter {
        return Err(invalid(format!(
            "\"{text}\" is no ARN of a parameter, which is arn:aws:ssm:REGION:ACCOUNT:parameter/NAME"
        )));
    }
    match other_region(SYSTEM, name, config) {
        Some(error) => Err(error),
        None => Ok(Cow::Borrowed(text)),
    }
}

/// The secret that a parameter is. None where its name is one that no secret has, such as `/db`.
pub(super) fn secret(parameter: &str) -> Option<SecretName> {
    let name = match parameter.strip_prefix('/') {
        Some(rest) if rest.contains('/') => rest,
        Some(_) => return None,
        None if parameter.contains('/') => return None,
        None => parameter,
    };
    SecretName::parse(name).ok()
}

/// The beginnings of the parameters whose secrets begin with `prefix`; none where that is all of them.
pub(super) fn beginnings(prefix: &str) -> Vec<String> {
    match prefix {
        "" => Vec::new(),
        _ if prefix.contains('/') => vec![format!("/{prefix}")],
        _ => vec![prefix.to_owned(), format!("/{prefix}")],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_and_its_parameter_lead_to_each_other() {
        for (name, expected) in [
            ("db", "db"),
            ("prod/db", "/prod/db"),
            ("a/b/c.d-e_f", "/a/b/c.d-e_f"),
        ] {
            let name = SecretName::parse(name).unwrap();
            assert_eq!(parameter(&name).unwrap(), expected);
            assert_eq!(secret(expected), Some(name));
        }
        for foreign in ["/db", "a/b", "/a//b", "/"] {
            assert_eq!(secret(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn a_name_with_characters_of_selectors_is_refused() {
        for name in ["prod/db:3", "a@b", "a=b", "a+b"] {
            let error = parameter(&SecretName::parse(name).unwrap()).unwrap_err();
            assert!(error.to_string().contains(name), "{error}");
        }
    }
}
