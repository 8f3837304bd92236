//! Managed resources: what Terraform creates, changes and deletes, without ever storing a value.

mod secret;

pub(crate) use secret::StoredSecret;
