//! State that was stored before a nested block existed.

use std::collections::BTreeMap;

use crate::cty::Cty;
use crate::schema::{Block, Nesting};

use super::children::for_each_mut;

/// Repeated blocks that are not there are empty, never null.
pub(crate) fn complete_blocks(block: &Block, value: &mut Cty) {
    let Cty::Object(values) = value else { return };
    for nested in &block.blocks {
        let blocks = values.entry(nested.name.to_owned()).or_default();
        if blocks.is_null() {
            *blocks = match nested.nesting {
                Nesting::Single => Cty::Null,
                Nesting::List => Cty::List(Vec::new()),
                Nesting::Set => Cty::Set(Vec::new()),
                Nesting::Map => Cty::Object(BTreeMap::new()),
            };
        }
        for_each_mut(nested, blocks, |_, instance| {
            complete_blocks(&nested.block, instance)
        });
    }
}
