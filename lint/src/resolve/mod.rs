//! What a value comes from: partial evaluation that keeps the place of every piece.

pub mod cloudformation;
mod follow;
pub mod functions;
pub mod modules;
pub mod provider_versions;
pub mod references;
pub mod terraform;
mod terragrunt;
pub mod text;
pub mod value;
