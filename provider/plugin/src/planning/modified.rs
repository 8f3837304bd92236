//! What an author's `modify_plan` changed.

use crate::cty::Cty;
use crate::schema::Block;

use super::children::{child, for_each_mut};

/// Takes over into `planned` what differs between `before` and `after`, as far as it is the provider's to decide:
/// computed attributes that the configuration does not set.
///
/// Only differences are taken, because a typed struct may show less than the value holds (a list with one
/// unknown element is unknown as a whole).
pub(crate) fn take_over(block: &Block, config: &Cty, before: &Cty, after: &Cty, planned: &mut Cty) {
    let Cty::Object(values) = planned else { return };
    for attribute in &block.attributes {
        let name = attribute.name;
        let (old, new) = (before.get(name), after.get(name));
        if attribute.presence.is_computed() && config.get(name).is_null() && old != new {
            values.insert(name.to_owned(), new.clone());
        }
    }
    for nested in &block.blocks {
        let (config, before) = (config.get(nested.name), before.get(nested.name));
        let after = after.get(nested.name);
        if let Some(value) = values.get_mut(nested.name) {
            for_each_mut(nested, value, |step, instance| {
                take_over(
                    &nested.block,
                    child(config, step),
                    child(before, step),
                    child(after, step),
                    instance,
                );
            });
        }
    }
}
