//! Values that are handed over and never stored.

use crate::cty::Cty;
use crate::path::Path;
use crate::schema::Block;

use super::children::{child, for_each_mut, steps};

/// Nulls every write-only attribute.
pub(crate) fn remove_write_only(block: &Block, value: &mut Cty) {
    let Cty::Object(values) = value else { return };
    for attribute in block
        .attributes
        .iter()
        .filter(|attribute| attribute.write_only)
    {
        values.insert(attribute.name.to_owned(), Cty::Null);
    }
    for nested in &block.blocks {
        if let Some(value) = values.get_mut(nested.name) {
            for_each_mut(nested, value, |_, instance| {
                remove_write_only(&nested.block, instance)
            });
        }
    }
}

/// The places of the write-only attributes that `config` sets, known or not.
pub(crate) fn configured_write_only(block: &Block, config: &Cty) -> Vec<Path> {
    let own = block
        .attributes
        .iter()
        .filter(|attribute| attribute.write_only && !config.get(attribute.name).is_null());
    let mut paths: Vec<Path> = own.map(|attribute| Path::from(attribute.name)).collect();
    for nested in &block.blocks {
        let value = config.get(nested.name);
        for step in steps(nested, value) {
            let base = Path::from(nested.name).instance(step.as_ref());
            let inner = configured_write_only(&nested.block, child(value, step.as_ref()));
            paths.extend(inner.into_iter().map(|path| base.clone().join(path)));
        }
    }
    paths
}
