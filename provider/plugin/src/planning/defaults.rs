//! Defaults.

use crate::cty::Cty;
use crate::schema::Block;

use super::children::{child, for_each_mut};

/// Sets each attribute that has a default, and none in `config`, to that default.
pub(crate) fn apply_defaults(block: &Block, config: &Cty, planned: &mut Cty) {
    let Cty::Object(values) = planned else { return };
    for attribute in &block.attributes {
        if let Some(default) = &attribute.default
            && config.get(attribute.name).is_null()
        {
            values.insert(attribute.name.to_owned(), default.clone());
        }
    }
    for nested in &block.blocks {
        let config = config.get(nested.name);
        if let Some(value) = values.get_mut(nested.name) {
            for_each_mut(nested, value, |step, instance| {
                apply_defaults(&nested.block, child(config, step), instance);
            });
        }
    }
}
