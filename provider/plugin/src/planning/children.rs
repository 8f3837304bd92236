//! The instances of nested blocks.

use crate::cty::Cty;
use crate::path::{Path, Step};
use crate::schema::{NestedBlock, Nesting};

const NULL: &Cty = &Cty::Null;

/// Where the instances of a nested block stand inside the block's value. Sets have no addressable instances.
pub(super) fn steps(nested: &NestedBlock, value: &Cty) -> Vec<Option<Step>> {
    match (nested.nesting, value) {
        (Nesting::Single, Cty::Object(_)) => vec![None],
        (Nesting::List, Cty::List(elements)) => (0..elements.len())
            .map(|at| Some(Step::Index(at)))
            .collect(),
        (Nesting::Map, Cty::Object(elements)) => elements
            .keys()
            .map(|key| Some(Step::Key(key.clone())))
            .collect(),
        _ => Vec::new(),
    }
}

/// The instance at `step`; null where there is none.
pub(super) fn child<'a>(value: &'a Cty, step: Option<&Step>) -> &'a Cty {
    match (step, value) {
        (None, value) => value,
        (Some(Step::Index(at)), Cty::List(elements)) => elements.get(*at).unwrap_or(NULL),
        (Some(Step::Key(key)), value) => value.get(key),
        _ => NULL,
    }
}

/// The instance at `step`, to change it.
pub(super) fn child_mut<'a>(value: &'a mut Cty, step: Option<&Step>) -> Option<&'a mut Cty> {
    match (step, value) {
        (None, value) => Some(value),
        (Some(Step::Index(at)), Cty::List(elements)) => elements.get_mut(*at),
        (Some(Step::Key(key)), Cty::Object(elements)) => elements.get_mut(key),
        _ => None,
    }
}

/// Calls `visit` with each instance in `value` and the step to it.
pub(super) fn for_each_mut(
    nested: &NestedBlock,
    value: &mut Cty,
    mut visit: impl FnMut(Option<&Step>, &mut Cty),
) {
    for step in steps(nested, value) {
        if let Some(instance) = child_mut(value, step.as_ref())
            && instance.attributes().is_some()
        {
            visit(step.as_ref(), instance);
        }
    }
}

impl Path {
    /// Appends the step of an instance, if it has one.
    pub(super) fn instance(self, step: Option<&Step>) -> Self {
        match step {
            Some(step) => self.step(step.clone()),
            None => self,
        }
    }
}
