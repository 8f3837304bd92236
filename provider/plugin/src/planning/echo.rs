//! Configured values come back as they went in.

use std::collections::BTreeMap;

use crate::cty::Cty;
use crate::schema::{Attribute, Block, NestedBlock, Nesting};

use super::children::{child, for_each_mut};

/// Makes `result` agree with what Terraform already has: every value that the configuration owns is that of
/// `planned`, or of `config` where nothing was planned; a computed value that means the same as a planned one is
/// the planned one; write-only values are null.
pub(crate) fn echo_configuration(block: &Block, config: &Cty, planned: &Cty, result: &mut Cty) {
    let Cty::Object(values) = result else { return };
    for attribute in &block.attributes {
        let name = attribute.name;
        let own = echo_attribute(
            attribute,
            config.get(name),
            planned.get(name),
            values.remove(name).unwrap_or_default(),
        );
        values.insert(name.to_owned(), own);
    }
    for nested in &block.blocks {
        let (config, planned) = (config.get(nested.name), planned.get(nested.name));
        let mut own = values.remove(nested.name).unwrap_or_default();
        echo_blocks(nested, config, planned, &mut own);
        values.insert(nested.name.to_owned(), own);
    }
}

fn echo_attribute(attribute: &Attribute, config: &Cty, planned: &Cty, result: Cty) -> Cty {
    if attribute.write_only {
        return Cty::Null;
    }
    let owned = !attribute.presence.is_computed() || !config.is_null();
    let decided = !planned.is_null() && planned.is_wholly_known();
    if owned {
        return if decided {
            planned.clone()
        } else {
            config.clone()
        };
    }
    if decided && result != *planned && same(attribute, planned, &result) {
        return planned.clone();
    }
    result
}

fn echo_blocks(nested: &NestedBlock, config: &Cty, planned: &Cty, result: &mut Cty) {
    let shape = match nested.nesting {
        Nesting::Set => {
            *result = if planned.is_null() {
                config.clone()
            } else {
                planned.clone()
            };
            return;
        }
        _ => config,
    };
    let at = |step| {
        let mut instance = child(result, Some(&step)).clone();
        fill(&mut instance);
        echo_configuration(
            &nested.block,
            child(config, Some(&step)),
            child(planned, Some(&step)),
            &mut instance,
        );
        instance
    };
    let echoed = match (nested.nesting, shape) {
        (Nesting::Single, Cty::Object(_)) => {
            let mut instance = result.clone();
            fill(&mut instance);
            echo_configuration(&nested.block, config, planned, &mut instance);
            instance
        }
        (Nesting::List, Cty::List(elements)) => Cty::List(
            (0..elements.len())
                .map(|index| at(crate::path::Step::Index(index)))
                .collect(),
        ),
        (Nesting::Map, Cty::Object(elements)) => Cty::Object(
            elements
                .keys()
                .map(|key| (key.clone(), at(crate::path::Step::Key(key.clone()))))
                .collect(),
        ),
        _ => config.clone(),
    };
    *result = echoed;
}

/// An instance that the author left out still has the configured values.
fn fill(instance: &mut Cty) {
    if instance.attributes().is_none() {
        *instance = Cty::Object(BTreeMap::new());
    }
}

fn same(attribute: &Attribute, left: &Cty, right: &Cty) -> bool {
    !left.is_null()
        && !right.is_null()
        && left.is_wholly_known()
        && right.is_wholly_known()
        && (attribute.means_the_same)(left, right)
}

/// Gives each attribute of `value` the notation of `earlier` where both mean the same, so that a mere
/// difference in notation shows no change.
pub(crate) fn keep_equivalent(block: &Block, earlier: &Cty, value: &mut Cty) {
    let Cty::Object(values) = value else { return };
    for attribute in &block.attributes {
        let before = earlier.get(attribute.name);
        if let Some(now) = values.get_mut(attribute.name)
            && *now != *before
            && same(attribute, before, now)
        {
            *now = before.clone();
        }
    }
    for nested in &block.blocks {
        let earlier = earlier.get(nested.name);
        if let Some(value) = values.get_mut(nested.name) {
            for_each_mut(nested, value, |step, instance| {
                keep_equivalent(&nested.block, child(earlier, step), instance);
            });
        }
    }
}
