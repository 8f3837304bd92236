//! The operating system's random generator.

use thiserror::Error;
use zeroize::Zeroizing;

/// The system has no random bytes.
#[derive(Debug, Error)]
#[error("{0}")]
pub(crate) struct RandomError(String);

/// `N` random bytes.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], RandomError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| RandomError(error.to_string()))?;
    Ok(bytes)
}

/// `length` random bytes that are wiped on drop.
pub(crate) fn random_bytes(length: usize) -> Result<Zeroizing<Vec<u8>>, RandomError> {
    let mut bytes = Zeroizing::new(vec![0; length]);
    getrandom::fill(&mut bytes).map_err(|error| RandomError(error.to_string()))?;
    Ok(bytes)
}
