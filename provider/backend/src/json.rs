//! JSON that may hold a secret.

use serde_json::Value;
use zeroize::Zeroize;

/// Wipes all texts of a JSON value. Names of members are no secrets and stay.
pub fn wipe_json(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe_json),
        Value::Object(members) => members.values_mut().for_each(wipe_json),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
