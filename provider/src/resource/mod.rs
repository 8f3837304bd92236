//! Managed resources: what Terraform creates, changes and deletes, without ever storing a value.

mod rotation;
mod rotation_promotion;
mod secret;

pub(crate) use rotation::Rotation;
pub(crate) use rotation_promotion::RotationPromotion;
pub(crate) use secret::StoredSecret;
