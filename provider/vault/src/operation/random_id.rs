//! Ids that nobody has guessed: of roles, accessors of tokens, of leases.

use super::put::hex;
use crate::error::{Error, Result};
use crate::hazmat::random;

/// `N` random bytes in hexadecimal.
pub(super) fn random_id<const N: usize>() -> Result<String> {
    let bytes = random::<N>().map_err(|error| Error::Random(error.to_string()))?;
    Ok(hex(&bytes, N))
}
