//! The least policy that would have allowed what the audit trail shows.

use std::collections::{BTreeMap, BTreeSet};

use super::{Capability, PathPattern, Policy, Rule};
use crate::audit::{AuditRecord, Operation, Outcome};
use crate::name::SecretName;

/// Proposes the least policy for what succeeded in `records`: one exact rule for each name. Names that share all but one
/// segment and all their capabilities become one rule with `+` when there are at least `generalise` of them; 0 never
/// does that.
pub fn suggest_policy(records: &[AuditRecord], generalise: usize) -> Policy {
    let mut used: BTreeMap<String, BTreeSet<Capability>> = BTreeMap::new();
    let mut known = BTreeSet::new();
    for record in records
        .iter()
        .filter(|record| record.event.outcome == Outcome::Ok)
    {
        for item in record
            .event
            .items
            .iter()
            .filter(|item| item.error.is_none())
        {
            let is_new = item.version == Some(1) && !known.contains(&item.name);
            let Some(capability) = capability(record.event.operation, is_new) else {
                continue;
            };
            known.insert(item.name.clone());
            let is_listing = record.event.operation == Operation::List;
            if SecretName::parse(&item.name).is_ok() || is_listing {
                used.entry(item.name.clone())
                    .or_default()
                    .insert(capability);
            }
        }
    }
    if generalise > 0 {
        used = generalised(used, generalise);
    }
    let rules = used
        .into_iter()
        .filter_map(|(path, capabilities)| {
            let path = PathPattern::parse(&path).ok()?;
            Some(Rule { path, capabilities })
        })
        .collect();
    Policy { rules }
}

/// What an operation needs; none where it is no matter of policies.
fn capability(operation: Operation, is_new: bool) -> Option<Capability> {
    Some(match operation {
        Operation::Get | Operation::Compare | Operation::LeaseRegister => Capability::Read,
        Operation::Put if is_new => Capability::Create,
        Operation::Put
        | Operation::Update
        | Operation::Promote
        | Operation::Unstage
        | Operation::Enable
        | Operation::Disable => Capability::Update,
        Operation::Delete | Operation::Restore => Capability::Delete,
        Operation::Destroy | Operation::Purge => Capability::Destroy,
        Operation::List | Operation::Metadata => Capability::List,
        _ => return None,
    })
}

fn generalised(
    used: BTreeMap<String, BTreeSet<Capability>>,
    at_least: usize,
) -> BTreeMap<String, BTreeSet<Capability>> {
    let mut shapes: BTreeMap<(String, BTreeSet<Capability>), Vec<String>> = BTreeMap::new();
    for (path, capabilities) in &used {
        let segments: Vec<&str> = path.split('/').collect();
        for open in 0..segments.len() {
            let shape: Vec<&str> = segments
                .iter()
                .enumerate()
                .map(|(at, segment)| if at == open { "+" } else { segment })
                .collect();
            // A rule of nothing but + would be a right to everything.
            if segments.len() > 1 && !path.ends_with('*') {
                shapes
                    .entry((shape.join("/"), capabilities.clone()))
                    .or_default()
                    .push(path.clone());
            }
        }
    }
    let mut result = used;
    for ((shape, capabilities), paths) in shapes {
        let left = paths
            .iter()
            .filter(|path| result.contains_key(*path))
            .count();
        if left >= at_least {
            for path in &paths {
                result.remove(path);
            }
            result.insert(shape, capabilities);
        }
    }
    result
}
