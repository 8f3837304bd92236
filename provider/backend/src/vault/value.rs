//! How a value stands in a KV entry, which is a map of names to JSON values.
//!
//! A text stands in the one key `value`, and bytes that are no text stand there in base64 with `encoding` beside them. A
//! JSON object that other programs can have as it is becomes the entry itself, and an entry of other programs is read as
//! a JSON object. Whatever is written comes back byte for byte.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use coffer_vault::Secret;
use serde_json::{Map, Value};

use crate::json::wipe_json;

const VALUE: &str = "value";
const ENCODING: &str = "encoding";
const BASE64_NAME: &str = "base64";

/// A JSON value that may hold a secret: its texts are wiped on drop.
pub(super) struct Json(pub(super) Value);

impl Drop for Json {
    fn drop(&mut self) {
        wipe_json(&mut self.0);
    }
}

impl Json {
    /// The JSON text.
    pub(super) fn to_secret(&self) -> Secret {
        Secret::from(self.0.to_string())
    }
}

/// The entry for a value.
pub(super) fn to_entry(value: &Secret) -> Json {
    let Ok(text) = value.danger_expose_str() else {
        return Json(serde_json::json!({
            VALUE: BASE64.encode(value.danger_expose()),
            ENCODING: BASE64_NAME,
        }));
    };
    if let Ok(entry @ Value::Object(_)) = serde_json::from_str(text) {
        let entry = Json(entry);
        let comes_back = from_entry(&entry).is_some_and(|read| read.ct_eq(value));
        if comes_back && !entry.0.as_object().is_none_or(Map::is_empty) {
            return entry;
        }
    }
    Json(serde_json::json!({ VALUE: text }))
}

/// The value of an entry; none where it is no map.
pub(super) fn from_entry(entry: &Json) -> Option<Secret> {
    let members = entry.0.as_object()?;
    let text = members.get(VALUE).and_then(Value::as_str);
    match (members.len(), text) {
        (1, Some(text)) => Some(Secret::copy_from(text.as_bytes())),
        (2, Some(text)) if members.get(ENCODING).is_some_and(|it| it == BASE64_NAME) => {
            match BASE64.decode(text) {
                Ok(bytes) => Some(Secret::new(bytes)),
                Err(_) => Some(entry.to_secret()),
            }
        }
        _ => Some(entry.to_secret()),
    }
}

/// Whether the entry is read as a JSON object.
pub(super) fn is_object(entry: &Json, value: &Secret) -> bool {
    entry.to_secret().ct_eq(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_that_others_can_have_as_it_is_becomes_the_entry() {
        let value = Secret::copy_from(br#"{"password":"fake","user":"app"}"#);
        assert_eq!(to_entry(&value).0["user"], "app");
        for text in [r#"{"value":"fake"}"#, r#"{"user": "app"}"#, "{}", "[1]"] {
            let entry = to_entry(&Secret::copy_from(text.as_bytes()));
            assert_eq!(entry.0, serde_json::json!({ "value": text }));
        }
    }
}
