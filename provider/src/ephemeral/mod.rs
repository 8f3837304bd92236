//! Ephemeral resources: values that live for one run, and stand in no state and no plan.

use std::time::SystemTime;

use coffer_vault::Timestamp;

mod database_credential;
mod env;
mod key;
mod password;
mod secret;
mod secrets;
mod token;

pub(crate) use database_credential::DatabaseCredential;
pub(crate) use env::EnvironmentValue;
pub(crate) use key::Key;
pub(crate) use password::{PasswordValue, whole_bits};
pub(crate) use secret::SecretValue;
pub(crate) use secrets::SecretValues;
pub(crate) use token::Token;

/// When to renew what ends at `expires`: after two thirds of the time until then.
fn renewal(expires: Timestamp) -> Option<SystemTime> {
    let left = expires.duration_since(Timestamp::now());
    let wait = left.checked_mul(2)?.checked_div(3)?;
    SystemTime::now().checked_add(wait.try_into().ok()?)
}
