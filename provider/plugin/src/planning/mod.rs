//! What the SDK owes Terraform beyond what the author says: defaults, unknowns, replacement, write-only values,
//! and configured values that come back as they went in.
//!
//! Everything here walks a block beside one or more values of it and knows nothing of any provider.

mod children;
mod complete;
mod defaults;
mod echo;
mod modified;
mod replace;
mod unknown;
mod write_only;

pub(crate) use complete::complete_blocks;
pub(crate) use defaults::apply_defaults;
pub(crate) use echo::{echo_configuration, keep_equivalent};
pub(crate) use modified::take_over;
pub(crate) use replace::paths_to_replace;
pub(crate) use unknown::{first_unknown, mark_computed_unknown};
pub(crate) use write_only::{configured_write_only, remove_write_only};
