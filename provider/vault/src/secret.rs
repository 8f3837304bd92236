//! The one type that carries secret bytes through coffer.

use std::str::Utf8Error;

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use crate::process::keep_out_of_swap;

/// Secret bytes: wiped from memory on drop, never printed, never serialised.
///
/// The type has no `Debug`, `Display` or `Serialize`, so that a secret cannot reach a log, an error or
/// a state file by accident; a struct that holds one has to write its own `Debug`. What reveals the
/// bytes carries `danger_` in its name.
///
/// Only this buffer is wiped, and kept out of the swap as far as the system allows. Copies that a caller makes, and buffers of the allocator, the protocol
/// layer or the operating system, are out of reach; the threat model says so.
#[derive(Default)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes ownership of `bytes`; they are wiped when the secret is dropped.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self::from(Zeroizing::new(bytes))
    }

    /// A copy of `bytes`, for callers that do not own them.
    pub fn copy_from(bytes: &[u8]) -> Self {
        Self::new(bytes.to_vec())
    }

    /// Reveals the bytes.
    pub fn danger_expose(&self) -> &[u8] {
        &self.0
    }

    /// Reveals the bytes as text.
    ///
    /// # Errors
    /// Where the bytes are not UTF-8. The error carries positions, never bytes.
    pub fn danger_expose_str(&self) -> Result<&str, Utf8Error> {
        std::str::from_utf8(&self.0)
    }

    /// The number of bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no byte.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Compares in time that depends on the lengths alone.
    pub fn ct_eq(&self, other: &Self) -> bool {
        bool::from(self.0.as_slice().ct_eq(other.0.as_slice()))
    }

    /// Cuts the secret after `len` bytes and wipes the rest.
    pub(crate) fn truncate(&mut self, len: usize) {
        if let Some(rest) = self.0.get_mut(len..) {
            rest.zeroize();
        }
        self.0.truncate(len);
    }
}

impl From<Vec<u8>> for Secret {
    fn from(bytes: Vec<u8>) -> Self {
        Self::new(bytes)
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text.into_bytes())
    }
}

impl From<Zeroizing<Vec<u8>>> for Secret {
    fn from(bytes: Zeroizing<Vec<u8>>) -> Self {
        keep_out_of_swap(&bytes);
        Self(bytes)
    }
}

impl Clone for Secret {
    fn clone(&self) -> Self {
        Self::copy_from(&self.0)
    }
}
