//! The state that Terraform proposes to a provider: the configuration, and the stored value of each computed attribute
//! that is not configured.

use super::schema::{Block, Nesting};
use super::value::Value;

/// Merges `prior` and `config`.
pub(super) fn proposed(block: &Block, prior: &Value, config: &Value) -> Value {
    if config.is_null() {
        return Value::Null;
    }
    let absent = block.absent();
    let prior = if prior.is_null() { &absent } else { prior };
    merged(block, prior, config)
}

fn merged(block: &Block, prior: &Value, config: &Value) -> Value {
    let attributes = block.attributes.iter().map(|(name, attribute)| {
        let (prior, config) = (prior.get(name), config.get(name));
        let keeps = attribute.flags.computed && config.is_null();
        (name.as_str(), if keeps { prior } else { config }.clone())
    });
    let blocks = block.blocks.iter().map(|(name, nested)| {
        let (prior, config) = (prior.get(name), config.get(name));
        let one = |prior: &Value, config: &Value| proposed(&nested.block, prior, config);
        let merged = match (nested.nesting, config) {
            (_, Value::Null | Value::Unknown) => config.clone(),
            (Nesting::Single | Nesting::Group, _) => one(prior, config),
            (Nesting::List, _) => {
                let elements = config.elements().iter().enumerate();
                elements
                    .map(|(index, config)| {
                        one(prior.elements().get(index).unwrap_or(&Value::Null), config)
                    })
                    .collect()
            }
            (Nesting::Map, _) => Value::object(
                config
                    .members()
                    .into_iter()
                    .map(|(key, config)| (key, one(prior.get(key), config))),
            ),
            (Nesting::Set, _) => {
                let elements = config.elements().iter().map(|config| {
                    let known = prior
                        .elements()
                        .iter()
                        .find(|prior| is_of(&nested.block, prior, config));
                    one(known.unwrap_or(&Value::Null), config)
                });
                let mut elements: Vec<Value> = elements.collect();
                elements.sort();
                Value::List(elements)
            }
        };
        (name.as_str(), merged)
    });
    Value::object(attributes.chain(blocks))
}

/// Whether the stored element `prior` can have come of `config`: they differ in computed values at most.
fn is_of(block: &Block, prior: &Value, config: &Value) -> bool {
    block.attributes.iter().all(|(name, attribute)| {
        let (prior, config) = (prior.get(name), config.get(name));
        prior == config || (attribute.flags.computed && config.is_null())
    }) && block
        .blocks
        .keys()
        .all(|name| prior.get(name) == config.get(name))
}
