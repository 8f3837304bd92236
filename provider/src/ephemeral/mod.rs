//! Ephemeral resources: values that live for one run, and stand in no state and no plan.

mod password;
mod secret;

pub(crate) use password::{PasswordValue, whole_bits};
pub(crate) use secret::SecretValue;
