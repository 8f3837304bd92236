//! What may stand in a plan: the configured value, or the stored one where the provider takes both for the same;
//! anything where a computed attribute is not configured.

use super::super::schema::{Block, Nesting};
use super::super::value::Value;

/// The rules that `planned` breaks, given what is stored and what is configured. For resources and for opened
/// ephemeral resources, which have no prior state.
#[must_use]
pub fn broken_by_plan(
    block: &Block,
    prior: &Value,
    config: &Value,
    planned: &Value,
) -> Vec<String> {
    let mut broken = Vec::new();
    match (config.is_null(), planned.is_null()) {
        (true, true) => {}
        (true, false) => {
            broken.push("planned for existence, but the configuration wants absence".into())
        }
        (false, true) => {
            broken.push("planned for absence, but the configuration wants existence".into())
        }
        (false, false) => judge(block, prior, config, planned, "", &mut broken),
    }
    broken
}

fn judge(
    block: &Block,
    prior: &Value,
    config: &Value,
    planned: &Value,
    at: &str,
    broken: &mut Vec<String>,
) {
    for (name, attribute) in &block.attributes {
        let place = format!("{at}{name}");
        let (prior, config, planned) = (prior.get(name), config.get(name), planned.get(name));
        if attribute.flags.write_only {
            if !planned.is_null() {
                broken.push(format!("{place}: a write-only value stands in the plan"));
            }
            continue;
        }
        let kept = !prior.is_null() && !config.is_null() && planned == prior;
        let computed = attribute.flags.computed && config.is_null();
        if planned == config || kept || computed {
            continue;
        }
        broken.push(if attribute.flags.sensitive {
            format!(
                "{place}: a sensitive planned value is neither the configured nor the stored one"
            )
        } else {
            format!("{place}: planned {planned}, configured {config}, stored {prior}")
        });
    }
    for (name, nested) in &block.blocks {
        let place = format!("{at}{name}");
        let (prior, config, planned) = (prior.get(name), config.get(name), planned.get(name));
        if config.is_unknown() {
            continue;
        }
        match nested.nesting {
            Nesting::Single | Nesting::Group => {
                if config.is_null() != planned.is_null() {
                    broken.push(format!(
                        "{place}: the block is planned otherwise than configured"
                    ));
                } else if !config.is_null() {
                    judge(
                        &nested.block,
                        prior,
                        config,
                        planned,
                        &format!("{place}."),
                        broken,
                    );
                }
            }
            Nesting::List => {
                let (configured, elements) = (config.elements(), planned.elements());
                if planned.is_unknown() || configured.len() != elements.len() {
                    broken.push(format!(
                        "{place}: {} blocks are planned and {} configured",
                        elements.len(),
                        configured.len()
                    ));
                    continue;
                }
                for (index, (config, planned)) in configured.iter().zip(elements).enumerate() {
                    let prior = prior.elements().get(index).unwrap_or(&Value::Null);
                    judge(
                        &nested.block,
                        prior,
                        config,
                        planned,
                        &format!("{place}[{index}]."),
                        broken,
                    );
                }
            }
            Nesting::Map => {
                let (configured, members) = (config.members(), planned.members());
                if !configured.keys().eq(members.keys()) {
                    broken.push(format!(
                        "{place}: the planned keys are not the configured ones"
                    ));
                    continue;
                }
                for (key, config) in configured {
                    let planned = members.get(key).copied().unwrap_or(&Value::Null);
                    judge(
                        &nested.block,
                        prior.get(key),
                        config,
                        planned,
                        &format!("{place}[{key:?}]."),
                        broken,
                    );
                }
            }
            Nesting::Set => {
                let fits = |config: &Value, planned: &Value| {
                    let mut faults = Vec::new();
                    let stored = prior.elements().iter().chain([&Value::Null]);
                    stored.into_iter().any(|prior| {
                        faults.clear();
                        judge(&nested.block, prior, config, planned, "", &mut faults);
                        faults.is_empty()
                    })
                };
                super::compatible::pair_sets(config, planned, &place, fits, broken);
            }
        }
    }
}
