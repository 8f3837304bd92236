//! Data sources: what the vault tells about secrets. None of them reads a value.

mod audit_events;
mod backend;
mod leases;
mod policy_document;
mod rotation_status;
mod secret_metadata;
mod secret_names;

pub(crate) use audit_events::AuditEvents;
pub(crate) use backend::Backend;
pub(crate) use leases::Leases;
pub(crate) use policy_document::PolicyDocument;
pub(crate) use rotation_status::RotationStatus;
pub(crate) use secret_metadata::MetadataOfSecret;
pub(crate) use secret_names::SecretNames;
