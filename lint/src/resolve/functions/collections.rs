//! Functions on lists and maps.

use crate::resolve::value::{Field, Value};

/// Elements of each list that `setproduct` combines.
const MAX_FACTOR: usize = 16;

pub(super) fn call(name: &str, count: usize, argument: impl Fn(usize) -> Value) -> Value {
    let picked = |key: Option<String>| match key {
        Some(key) => argument(0).get(&key),
        None => Value::any(argument(0).elements()),
    };
    match name {
        "concat" | "setunion" => {
            Value::list((0..count).flat_map(|n| argument(n).elements()).collect())
        }
        "merge" | "deep_merge" => {
            Value::map((0..count).flat_map(|n| argument(n).fields()).collect())
        }
        "lookup" => Value::any(vec![picked(argument(1).known_text()), argument(2)]),
        "element" => picked(argument(1).known_text()),
        "one" | "values" => match argument(0) {
            text @ Value::Text(_) => text,
            other if name == "one" => Value::any(other.elements()),
            other => Value::list(other.elements()),
        },
        "zipmap" => zipmap(&argument(0), &argument(1)),
        "setproduct" => {
            let few = |n| {
                argument(n)
                    .elements()
                    .into_iter()
                    .take(MAX_FACTOR)
                    .collect()
            };
            let factors: Vec<Vec<Value>> = (0..count).map(few).collect();
            Value::list(factors.into_iter().map(Value::list).collect())
        }
        // `indent(spaces, text)`
        "indent" => argument(1),
        // The fallback of an environment variable.
        "get_env" => argument(1),
        _ => Value::Unknown,
    }
}

fn zipmap(keys: &Value, values: &Value) -> Value {
    let values = values.elements();
    let keys = keys.elements();
    let field = |(n, value): (usize, Value)| Field {
        key: keys.get(n).and_then(Value::known_text).unwrap_or_default(),
        value,
    };
    Value::map(values.into_iter().enumerate().map(field).collect())
}
