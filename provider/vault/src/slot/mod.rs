//! What opens a vault: slots, each of which holds the root key under a key of its own.

mod command;
mod environment;
mod key_file;
mod passphrase;
mod random_key;
mod source;
mod stored;
mod wrap;

pub use key_file::create_key_file;
pub use source::KeySource;
pub(crate) use source::Material;
pub(crate) use stored::{StoredSlot, all, open_root, seal_slot};
pub use wrap::KeyWrap;

/// The fewest bytes that a key which is not a passphrase may have.
pub(crate) const MIN_KEY_LENGTH: usize = 32;
/// The most bytes that are read of a key, so that a wrong path (a device, a disk image) does not fill the memory.
pub(crate) const MAX_KEY_LENGTH: usize = 64 * 1024;
