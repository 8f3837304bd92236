//! Secret stores behind one trait.
//!
//! [`SecretStore`] is what the provider works with; each module beside it is one system. Names, versions, stages
//! and requests are those of [`coffer_vault`], which every store maps to its own terms.
#![forbid(unsafe_code)]

mod capabilities;
mod embedded;
mod error;
mod reference;
mod store;

pub use capabilities::{Capabilities, Support};
pub use embedded::{EmbeddedStore, Key};
pub use error::{Error, ErrorKind, Result, Subject};
pub use reference::{Reference, ReferenceError, STORE_KINDS, is_store};
pub use store::{BatchResult, SecretStore};
