//! Judging a configuration as a whole.

use crate::diagnostic::Diagnostics;
use crate::model::Model;

/// Rules that concern more than one attribute, beyond those of `#[model(...)]`. Switched on with `.validates()`.
pub trait ValidateConfig: Model {
    /// Judges `config`, of which any part may be unknown: leave that alone. Pure: no file, no network.
    fn validate_config(config: &Self, diagnostics: &mut Diagnostics);
}
