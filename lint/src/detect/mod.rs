//! Is this text a secret? Token formats, keys, and what only looks like a secret.

mod checksum;
mod context;
pub mod embedded;
mod formats;
pub mod judge;
pub mod own;
pub mod pem;
pub mod placeholder;
mod reference;
pub mod tokens;

pub use checksum::{corrected as with_checksum, is_known as is_checksum};
