//! Is this text a secret? Token formats, keys, and what only looks like a secret.

mod checksum;
mod commands;
mod context;
pub mod embedded;
mod formats;
mod instruction;
pub mod judge;
pub mod keystore;
pub mod own;
pub mod pem;
pub mod placeholder;
mod reference;
pub mod tokens;

/// All private keys of a text, with and without armour.
pub fn private_keys(text: &str) -> Vec<pem::PrivateKey> {
    let mut found = pem::find(text);
    found.extend(keystore::find(text));
    found
}

pub use checksum::{corrected as with_checksum, is_known as is_checksum};
