//! The rules by which Terraform and OpenTofu judge what a provider returns, written down once more.

mod compatible;
mod planned;
mod stored;

pub use compatible::{broken_by_result, contradiction};
pub use planned::broken_by_plan;
pub use stored::{broken_by_storing, write_only_values};
