//! The members of a secret that is a JSON object.

use std::collections::BTreeMap;

use coffer_plugin::Diagnostic;
use coffer_vault::{Secret, SecretName};
use serde_json::value::RawValue;

use crate::secret_text::SecretText;

/// Why a key leads to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MemberError {
    /// The secret is not JSON.
    NotJson,
    /// There is no such member.
    Missing,
}

/// The members of `secret`, where it is a JSON object: texts as they are, everything else in its JSON notation.
pub(crate) fn members(secret: &Secret) -> Option<BTreeMap<String, SecretText>> {
    let object: BTreeMap<String, &RawValue> =
        serde_json::from_slice(secret.danger_expose()).ok()?;
    Some(
        object
            .into_iter()
            .map(|(key, value)| (key, text_of(value)))
            .collect(),
    )
}

/// The member that `key` leads to: a JSON pointer where it starts with a slash (RFC 6901), otherwise a member's name,
/// or names with dots between them.
pub(crate) fn member(secret: &Secret, key: &str) -> Result<SecretText, MemberError> {
    let root: &RawValue =
        serde_json::from_slice(secret.danger_expose()).map_err(|_| MemberError::NotJson)?;
    if let Some(pointer) = key.strip_prefix('/') {
        let mut value = root;
        for token in pointer.split('/') {
            let name = token.replace("~1", "/").replace("~0", "~");
            value = child(value, &name).ok_or(MemberError::Missing)?;
        }
        return Ok(text_of(value));
    }
    if let Some(value) = child(root, key) {
        return Ok(text_of(value));
    }
    let mut value = root;
    for name in key.split('.') {
        value = child(value, name).ok_or(MemberError::Missing)?;
    }
    Ok(text_of(value))
}

/// A member of an object, or an element of a list by its index.
fn child<'a>(value: &'a RawValue, name: &str) -> Option<&'a RawValue> {
    if let Ok(mut object) = serde_json::from_str::<BTreeMap<String, &RawValue>>(value.get()) {
        return object.remove(name);
    }
    let list: Vec<&RawValue> = serde_json::from_str(value.get()).ok()?;
    list.get(name.parse::<usize>().ok()?).copied()
}

fn text_of(value: &RawValue) -> SecretText {
    match serde_json::from_str::<String>(value.get()) {
        Ok(text) => text.into(),
        Err(_) => value.get().to_owned().into(),
    }
}

/// A key leads to nothing in the secret `name`.
pub(crate) fn no_member(name: &SecretName, key: &str, error: MemberError) -> Diagnostic {
    let detail = match error {
        MemberError::NotJson => format!(
            "The secret {name} is not JSON, so it has no members. Leave `key` out to get the whole value."
        ),
        MemberError::Missing => format!(
            "The secret {name} has no member {key:?}. `coffer get {name} --reveal` shows the secret to whoever may read it."
        ),
    };
    Diagnostic::error("The key leads to nothing", detail).at("key")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] =
        br#"{"user": "app", "port": 5432, "big": 12345678901234567890123.50, "a.b": "dotted",
        "a": {"b": "nested", "list": [true, {"c/d": "slash"}]}}"#;

    fn find(key: &str) -> Result<String, MemberError> {
        let found = member(&Secret::copy_from(SECRET), key)?;
        Ok(found.danger_expose().to_owned())
    }

    #[test]
    fn finds_members_by_name_by_dots_and_by_pointer() {
        assert_eq!(find("user").as_deref(), Ok("app"));
        assert_eq!(find("a.b").as_deref(), Ok("dotted"));
        assert_eq!(find("/a/b").as_deref(), Ok("nested"));
        assert_eq!(find("a.list.0").as_deref(), Ok("true"));
        assert_eq!(find("/a/list/1/c~1d").as_deref(), Ok("slash"));
        assert_eq!(find("password"), Err(MemberError::Missing));
        assert_eq!(find("user.name"), Err(MemberError::Missing));
        let text = Secret::copy_from(b"not json");
        assert_eq!(member(&text, "a").unwrap_err(), MemberError::NotJson);
    }

    #[test]
    fn numbers_keep_every_digit() {
        assert_eq!(find("big").as_deref(), Ok("12345678901234567890123.50"));
        let all = members(&Secret::copy_from(SECRET)).unwrap();
        assert_eq!(all["port"].danger_expose(), "5432");
        assert!(members(&Secret::copy_from(b"[1]")).is_none());
    }
}
