//! The judgement of a configuration by its schema: validators, rules between attributes, deprecations.

mod constraint;
#[cfg(test)]
mod tests;

use crate::cty::Cty;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::model::capitalised;
use crate::path::{Path, Step};
use crate::schema::{Attribute, Block, NestedBlock, Nesting};

use constraint::judge_constraint;

/// Judges `config`. What is unknown is left alone.
pub(crate) fn validate_block(block: &Block, config: &Cty, at: &Path, found: &mut Diagnostics) {
    if let Some(message) = block.deprecated {
        let subject = if at.is_root() {
            "This object".to_owned()
        } else {
            format!("The block {at}")
        };
        found.push(Diagnostic::warning(format!("{subject} is deprecated"), message).at(at.clone()));
    }
    for attribute in &block.attributes {
        let path = at.clone().attribute(attribute.name);
        validate_attribute(attribute, config.get(attribute.name), path, found);
    }
    for constraint in &block.constraints {
        judge_constraint(constraint, config, at, found);
    }
    for nested in &block.blocks {
        let path = at.clone().attribute(nested.name);
        for (path, instance) in instances(nested, config.get(nested.name), &path) {
            validate_block(&nested.block, instance, &path, found);
        }
    }
}

fn validate_attribute(attribute: &Attribute, value: &Cty, path: Path, found: &mut Diagnostics) {
    if value.is_null() || value.is_unknown() {
        return;
    }
    if let Some(message) = attribute.deprecated {
        let summary = format!("{} is deprecated", attribute.name);
        found.push(Diagnostic::warning(summary, message).at(path.clone()));
    }
    if let Some(other) = attribute.prefer {
        found.push(
            Diagnostic::warning(
                format!("{other} keeps the value out of state"),
                format!(
                    "{} is stored in state and plan files. With Terraform 1.11 or later, use {other} instead.",
                    attribute.name
                ),
            )
            .at(path.clone()),
        );
    }
    for rule in &attribute.validators {
        if let Err(expected) = rule(value) {
            let summary = format!("Invalid value for {}", attribute.name);
            found.push(Diagnostic::error(summary, capitalised(&expected)).at(path.clone()));
        }
    }
}

/// The known instances of a nested block with their places.
fn instances<'a>(nested: &NestedBlock, value: &'a Cty, at: &Path) -> Vec<(Path, &'a Cty)> {
    let known = |(path, instance): (Path, &'a Cty)| {
        matches!(instance, Cty::Object(_)).then_some((path, instance))
    };
    match (nested.nesting, value) {
        (Nesting::Single, instance) => known((at.clone(), instance)).into_iter().collect(),
        (Nesting::List, Cty::List(elements)) => elements
            .iter()
            .enumerate()
            .filter_map(|(index, instance)| known((at.clone().index(index), instance)))
            .collect(),
        (Nesting::Set, Cty::Set(elements)) => elements
            .iter()
            .filter_map(|instance| known((at.clone().step(Step::Element), instance)))
            .collect(),
        (Nesting::Map, Cty::Object(elements)) => elements
            .iter()
            .filter_map(|(key, instance)| known((at.clone().key(key), instance)))
            .collect(),
        _ => Vec::new(),
    }
}
