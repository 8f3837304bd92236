//! What a configuration adds: own secret arguments, and values that are no findings.

use std::collections::{HashMap, HashSet};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Own secret arguments, by type of resource or provider.
#[derive(Debug, Default)]
pub struct OwnArguments {
    types: HashMap<String, Vec<(String, bool)>>,
}

impl OwnArguments {
    /// Adds an argument; the path joins blocks and keys with dots.
    pub fn add(&mut self, of: String, path: String, secret: bool) {
        self.types.entry(of).or_default().push((path, secret));
    }

    /// Whether an argument is a secret, where the configuration says so.
    pub fn is_secret(&self, of: &str, path: &str) -> Option<bool> {
        let rows = self.types.get(of)?;
        rows.iter()
            .rev()
            .find(|(known, _)| known == path)
            .map(|(_, secret)| *secret)
    }
}

/// Values that are no findings, as keyed hashes: the list holds no secret.
#[derive(Debug, Default)]
pub struct Allowed {
    lists: Vec<(String, HashSet<String>)>,
}

impl Allowed {
    /// Adds hashes that were made with a key.
    pub fn add(&mut self, key: &str, hashes: Vec<String>) {
        self.lists
            .push((key.to_owned(), hashes.into_iter().collect()));
    }

    /// Whether a value is on a list.
    pub fn has(&self, value: &str) -> bool {
        self.lists
            .iter()
            .any(|(key, hashes)| hashes.contains(&hash(key, value)))
    }
}

/// The hash of a value: HMAC-SHA256 in hexadecimal, cut to 128 bits.
pub fn hash(key: &str, value: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.as_bytes()) else {
        return String::new();
    };
    mac.update(b"coffer-lint allowed value 1\0");
    mac.update(value.as_bytes());
    let bytes = mac.finalize().into_bytes();
    bytes
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
