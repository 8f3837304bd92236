//! What may be stored: nothing unknown, and no write-only value.

use super::super::schema::Block;
use super::super::value::Value;

/// The rules that storing `state` would break.
#[must_use]
pub fn broken_by_storing(block: &Block, state: &Value) -> Vec<String> {
    let mut broken: Vec<String> = write_only_values(block, state)
        .into_iter()
        .map(|place| format!("{place}: a write-only value would be stored"))
        .collect();
    if !state.is_wholly_known() {
        broken.push(format!("an unknown value would be stored: {state}"));
    }
    broken
}

/// The places of write-only values that are not null.
#[must_use]
pub fn write_only_values(block: &Block, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    search(block, value, "", &mut found);
    found
}

fn search(block: &Block, value: &Value, at: &str, found: &mut Vec<String>) {
    for (name, attribute) in &block.attributes {
        if attribute.flags.write_only && !value.get(name).is_null() {
            found.push(format!("{at}{name}"));
        }
    }
    for (name, nested) in &block.blocks {
        let place = format!("{at}{name}");
        match value.get(name) {
            Value::List(elements) => {
                for (index, element) in elements.iter().enumerate() {
                    search(&nested.block, element, &format!("{place}[{index}]."), found);
                }
            }
            object @ Value::Object(members) => match nested.nesting {
                super::super::schema::Nesting::Map => {
                    for (key, element) in members {
                        search(&nested.block, element, &format!("{place}[{key:?}]."), found);
                    }
                }
                _ => search(&nested.block, object, &format!("{place}."), found),
            },
            _ => {}
        }
    }
}
