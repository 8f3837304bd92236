//! Which changes replace the resource.

use crate::cty::Cty;
use crate::path::Path;
use crate::schema::{Block, Nesting, Replace};

use super::children::{child, steps};

/// The places of changed attributes whose change replaces the resource.
pub(crate) fn paths_to_replace(
    block: &Block,
    config: &Cty,
    prior: &Cty,
    planned: &Cty,
) -> Vec<Path> {
    let own = block.attributes.iter().filter(|attribute| {
        let changed = prior.get(attribute.name) != planned.get(attribute.name);
        match attribute.replace {
            Replace::Never => false,
            Replace::OnChange => changed,
            Replace::OnConfiguredChange => changed && !config.get(attribute.name).is_null(),
        }
    });
    let mut paths: Vec<Path> = own.map(|attribute| Path::from(attribute.name)).collect();
    for nested in &block.blocks {
        let (config, prior) = (config.get(nested.name), prior.get(nested.name));
        let planned = planned.get(nested.name);
        if nested.nesting == Nesting::Set {
            if prior != planned && replaces_at_all(&nested.block) {
                paths.push(Path::from(nested.name));
            }
            continue;
        }
        let mut places = steps(nested, planned);
        // Instances that are gone count as changed, too.
        places.extend(steps(nested, prior));
        places.sort();
        places.dedup();
        for step in places {
            let step = step.as_ref();
            let inner = paths_to_replace(
                &nested.block,
                child(config, step),
                child(prior, step),
                child(planned, step),
            );
            let base = Path::from(nested.name).instance(step);
            paths.extend(inner.into_iter().map(|path| base.clone().join(path)));
        }
    }
    paths
}

fn replaces_at_all(block: &Block) -> bool {
    block
        .attributes
        .iter()
        .any(|attribute| attribute.replace != Replace::Never)
        || block
            .blocks
            .iter()
            .any(|nested| replaces_at_all(&nested.block))
}
