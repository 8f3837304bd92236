//! A planned change, as `ModifyPlan` sees it.

use crate::cty::Cty;
use crate::diagnostic::Diagnostics;
use crate::model::Model;
use crate::path::Path;
use crate::schema::Block;

/// A planned creation (`prior` is `None`) or change.
#[derive(Debug)]
#[non_exhaustive]
pub struct Plan<R> {
    /// The configuration, with write-only values in clear. Any part may be unknown.
    pub config: R,
    /// What is stored, if the object exists.
    pub prior: Option<R>,
    /// What is planned so far. Set a computed attribute to a value, or to `Value::Unknown` to have apply decide
    /// it. What the configuration sets stays as it is.
    pub planned: R,
    pub(crate) replace: Vec<Path>,
}

impl<R: Model> Plan<R> {
    pub(crate) fn from_cty(config: Cty, prior: Cty, planned: Cty) -> Result<Self, Diagnostics> {
        let prior = if prior.is_null() {
            None
        } else {
            Some(R::from_cty(prior)?)
        };
        Ok(Self {
            config: R::from_cty(config)?,
            prior,
            planned: R::from_cty(planned)?,
            replace: Vec::new(),
        })
    }

    /// Whether the object is to be created.
    #[must_use]
    pub fn creates(&self) -> bool {
        self.prior.is_none()
    }

    /// Whether anything that is stored is to change.
    #[must_use]
    pub fn changes(&self) -> bool {
        self.prior
            .as_ref()
            .is_none_or(|prior| prior.to_cty() != self.planned.to_cty())
    }

    /// Has the object replaced rather than updated, because of the attribute at `path`.
    pub fn require_replace(&mut self, path: impl Into<Path>) {
        self.replace.push(path.into());
    }

    /// Turns every computed attribute that the configuration does not set, and that is not kept with
    /// `use_state_for_unknown`, to unknown: what apply would decide anew. For a change that the configuration
    /// does not show, such as a rotation that is due.
    ///
    /// # Errors
    /// None in practice: what was just written is read again.
    pub fn recompute(&mut self) -> Result<(), Diagnostics> {
        let block: Block = R::block();
        let prior = self.prior.as_ref().map_or(Cty::Null, R::to_cty);
        let mut planned = self.planned.to_cty();
        crate::planning::mark_computed_unknown(&block, &self.config.to_cty(), &prior, &mut planned);
        self.planned = R::from_cty(planned)?;
        Ok(())
    }
}
