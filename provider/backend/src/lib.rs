//! Secret stores behind one trait.
//!
//! [`SecretStore`] is what the provider works with; each module beside it is one system. Names, versions, stages
//! and requests are those of [`coffer_vault`], which every store maps to its own terms.
#![forbid(unsafe_code)]

mod audit;
#[cfg(feature = "aws")]
pub mod aws;
#[cfg(feature = "azure")]
mod azure;
mod capabilities;
mod embedded;
mod env;
mod environment;
mod error;
mod gathered;
#[cfg(feature = "google")]
mod google;
mod hex;
#[cfg_attr(
    not(all(feature = "azure", feature = "google", feature = "vault")),
    allow(
        dead_code,
        unused_imports,
        reason = "each of these stores uses a part of it"
    )
)]
mod http;
mod json;
#[cfg(any(feature = "azure", feature = "google"))]
mod jwt;
mod key;
mod kinds;
mod migration;
mod native;
mod reference;
#[cfg(any(
    feature = "aws",
    feature = "azure",
    feature = "google",
    feature = "vault"
))]
#[cfg_attr(
    not(any(feature = "google", feature = "vault")),
    allow(dead_code, reason = "AWS and Azure have not all of it")
)]
mod refusal;
#[cfg(any(feature = "azure", feature = "google"))]
mod spelling;
mod store;
#[cfg(feature = "vault")]
mod vault;
mod webhook;

pub use audit::AuditTarget;
#[cfg(feature = "azure")]
pub use azure::{AzureCredential, AzureSettings, AzureStore};
pub use capabilities::{Capabilities, Support};
pub use embedded::{EmbeddedStore, Key};
pub use env::EnvStore;
pub use environment::{
    EnvironmentError, EnvironmentSecret, EnvironmentSource, TERRAFORM_PREFIX, check_name,
    terraform_twin,
};
pub use error::{Error, ErrorKind, Result, Subject};
pub use gathered::GatheredReads;
#[cfg(feature = "google")]
pub use google::{GoogleSettings, GoogleStore};
pub use http::Patience;
pub use json::wipe_json;
pub use key::{key_from_environment, transit_key};
pub use kinds::from_environment;
pub use migration::{Migration, Moved, PlannedMove};
pub use native::{NativeRotation, RotationOrder};
pub use reference::{Reference, ReferenceError, STORE_KINDS, is_alias, is_store};
pub use store::{BatchResult, SecretStore};
#[cfg(feature = "vault")]
pub use vault::{
    TransitKey, TransitWrap, VaultCredential, VaultLease, VaultLeaseRequest, VaultLogin,
    VaultSettings, VaultStore,
};
pub use webhook::{NotTaken, Webhook};
