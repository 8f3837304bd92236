//! Terraform's rules for schemas. They are kept by tests of a provider and told by `GetSchema`, not by a crash.

use super::{Block, Nesting};

/// Names that Terraform takes for itself in every resource block.
const RESERVED: [&str; 7] = [
    "connection",
    "count",
    "depends_on",
    "for_each",
    "lifecycle",
    "provider",
    "provisioner",
];

/// Where a block stands.
#[derive(Clone, Copy)]
pub(crate) struct Rules {
    /// Whether values are stored, so that they can be handed over and not stored.
    pub(crate) write_only: bool,
    /// Whether Terraform's own names are taken.
    pub(crate) reserved: bool,
}

impl Block {
    /// All that breaks Terraform's rules, in sentences that begin with `name`.
    pub(crate) fn faults(&self, name: &str, rules: Rules) -> Vec<String> {
        let mut faults = Vec::new();
        self.collect_faults(name, rules, None, &mut faults);
        faults
    }

    fn collect_faults(
        &self,
        name: &str,
        rules: Rules,
        nesting: Option<Nesting>,
        faults: &mut Vec<String>,
    ) {
        let in_set = nesting == Some(Nesting::Set);
        let mut names: Vec<&str> = Vec::new();
        for attribute in &self.attributes {
            let place = format!("{name}.{}", attribute.name);
            names.push(attribute.name);
            if attribute.write_only && (!rules.write_only || in_set) {
                faults.push(format!(
                    "{place} is write-only, which only attributes of managed resources outside sets can be"
                ));
            }
            if attribute.presence.is_computed() && in_set {
                faults.push(format!(
                    "{place} is computed inside a set block, whose elements have no identity"
                ));
            }
            if nesting.is_some_and(|nesting| nesting != Nesting::Single)
                && attribute.ty.has_dynamic()
            {
                faults.push(format!("{place} is dynamic inside a repeated block"));
            }
            if let Some(other) = attribute.prefer
                && !self.find(other).is_some_and(|other| other.write_only)
            {
                faults.push(format!(
                    "{place} prefers {other}, which is no write-only attribute beside it"
                ));
            }
        }
        for nested in &self.blocks {
            names.push(nested.name);
            if nested.min < 0 || (nested.max > 0 && nested.min > nested.max) {
                faults.push(format!("{name}.{} has impossible limits", nested.name));
            }
            let place = format!("{name}.{}", nested.name);
            let nesting = if in_set { Nesting::Set } else { nested.nesting };
            let rules = Rules {
                reserved: false,
                ..rules
            };
            nested
                .block
                .collect_faults(&place, rules, Some(nesting), faults);
        }
        for constraint in &self.constraints {
            for other in constraint
                .names()
                .iter()
                .filter(|other| !names.contains(other))
            {
                faults.push(format!(
                    "{name} has a rule about {other}, which it does not have"
                ));
            }
        }
        names.sort_unstable();
        for (first, second) in names.iter().zip(names.iter().skip(1)) {
            if first == second {
                faults.push(format!("{name}.{first} exists twice"));
            }
        }
        for own in names {
            if !is_name(own) {
                faults.push(format!(
                    "{name}.{own} is no name of lower-case letters, digits and _"
                ));
            }
            if rules.reserved && RESERVED.contains(&own) {
                faults.push(format!(
                    "{name}.{own} is a name that Terraform takes for itself"
                ));
            }
        }
    }
}

pub(crate) fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}
