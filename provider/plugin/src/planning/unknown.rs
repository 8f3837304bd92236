//! Which computed attributes are unknown in a plan.

use crate::cty::Cty;
use crate::path::{Path, Step};
use crate::schema::Block;

use super::children::{child, for_each_mut};

/// Turns every computed attribute that `config` does not set to unknown, except those with a default and those
/// that keep their stored value.
pub(crate) fn mark_computed_unknown(block: &Block, config: &Cty, prior: &Cty, planned: &mut Cty) {
    let Cty::Object(values) = planned else { return };
    for attribute in &block.attributes {
        if !attribute.presence.is_computed()
            || attribute.default.is_some()
            || !config.get(attribute.name).is_null()
        {
            continue;
        }
        let stored = prior.get(attribute.name);
        let value = if attribute.use_state_for_unknown && !stored.is_null() {
            stored.clone()
        } else {
            Cty::Unknown
        };
        values.insert(attribute.name.to_owned(), value);
    }
    for nested in &block.blocks {
        let (config, prior) = (config.get(nested.name), prior.get(nested.name));
        if let Some(value) = values.get_mut(nested.name) {
            for_each_mut(nested, value, |step, instance| {
                let (config, prior) = (child(config, step), child(prior, step));
                mark_computed_unknown(&nested.block, config, prior, instance);
            });
        }
    }
}

/// The place of something unknown in `value`, if there is any.
pub(crate) fn first_unknown(value: &Cty) -> Option<Path> {
    match value {
        Cty::Unknown => Some(Path::root()),
        Cty::Null | Cty::Bool(_) | Cty::Number(_) | Cty::String(_) => None,
        Cty::List(elements) => elements
            .iter()
            .enumerate()
            .find_map(|(at, element)| Some(first_unknown(element)?.inside(Step::Index(at)))),
        Cty::Set(elements) => elements
            .iter()
            .find_map(|element| Some(first_unknown(element)?.inside(Step::Element))),
        Cty::Object(attributes) => attributes.iter().find_map(|(name, element)| {
            Some(first_unknown(element)?.inside(Step::Attribute(name.clone())))
        }),
        Cty::Typed(_, value) => first_unknown(value),
    }
}
