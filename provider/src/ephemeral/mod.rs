//! Ephemeral resources: values that live for one run, and stand in no state and no plan.

use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use coffer_vault::{Secret, Timestamp};

use crate::secret_text::SecretText;

mod database_credential;
mod decrypt;
mod env;
mod key;
mod lease;
mod password;
mod secret;
mod secrets;
mod token;

pub(crate) use database_credential::DatabaseCredential;
pub(crate) use decrypt::Decrypt;
pub(crate) use env::EnvironmentValue;
pub(crate) use key::Key;
pub(crate) use lease::Lease;
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

fn base64_of(secret: &Secret) -> SecretText {
    STANDARD.encode(secret.danger_expose()).into()
}
