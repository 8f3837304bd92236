//! The embedded vault of coffer: one file, several processes, every access audited.
//!
//! The crate is synchronous and opens no network connection. Start at [`Vault`].
#![forbid(unsafe_code)]

mod actor;
mod error;
mod metadata;
mod name;
mod put;
mod secret;
mod selector;
mod slot;
mod vault;

pub use actor::Actor;
pub use error::{Error, ErrorKind, Result};
pub use metadata::{Deletion, SecretMetadata, SecretVersion, VersionMetadata, VersionState};
pub use name::{MAX_NAME_DEPTH, MAX_NAME_LENGTH, NameError, SecretName};
pub use put::{Expect, MetadataChange, PutRequest};
pub use secret::Secret;
pub use selector::{Stage, StageError, VersionSelector};
pub use slot::KeySource;
pub use vault::{Vault, create_key_file};

/// The type of all times in this crate's API: milliseconds since 1970 in UTC.
pub use jiff::Timestamp;
