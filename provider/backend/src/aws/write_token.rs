//! What stands for a write where the service keeps it: digits of its idempotency token, or random ones.

use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::hex::hex;

/// How many hexadecimal digits stand for a write.
pub(super) const TOKEN_DIGITS: usize = 32;

/// What stands for a write with the idempotency token `token`, or without one.
///
/// # Errors
/// Where there is no token and the machine gives no random numbers.
pub(super) fn write_digits(system: &'static str, token: Option<&str>) -> Result<String> {
    if let Some(token) = token {
        return Ok(token_digits(token));
    }
    let mut bytes = [0_u8; TOKEN_DIGITS / 2];
    getrandom::fill(&mut bytes).map_err(|error| Error::Unavailable {
        system,
        said: format!("this machine gives no random numbers: {error}"),
    })?;
    Ok(hexadecimal(&bytes))
}

/// What stands for `token`.
pub(super) fn token_digits(token: &str) -> String {
    hexadecimal(&Sha256::digest(token.as_bytes()))
}

fn hexadecimal(bytes: &[u8]) -> String {
    let mut digits = hex(bytes);
    digits.truncate(TOKEN_DIGITS);
    digits
}
