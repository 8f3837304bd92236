//! Ephemeral resources: values that live for one run, and stand in no state and no plan.

mod env;
mod password;
mod secret;
mod secrets;
mod token;

pub(crate) use env::EnvironmentValue;
pub(crate) use password::{PasswordValue, whole_bits};
pub(crate) use secret::SecretValue;
pub(crate) use secrets::SecretValues;
pub(crate) use token::Token;
