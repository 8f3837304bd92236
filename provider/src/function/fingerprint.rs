//! `provider::coffer::fingerprint`

use coffer_plugin::{Arguments, Function, FunctionError};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Computes a short mark of a value, by which two values can be compared that neither side may show: equal values have
/// equal fingerprints under the same key (HMAC-SHA-256, the first 8 bytes in hexadecimal).
///
/// Keep the key secret: whoever has it and the fingerprint can try out passwords. It has 16 characters or more.
#[derive(Arguments)]
pub(crate) struct Fingerprint {
    /// The key.
    key: String,
    /// The value.
    value: String,
}

/// Keys that could be guessed would let a fingerprint be reversed.
const MIN_KEY_LENGTH: usize = 16;
/// So much of the HMAC is shown: enough to tell values apart, too little to be of use elsewhere.
const BYTES: usize = 8;
/// Sets these fingerprints apart from other uses of the same key.
const PURPOSE: &[u8] = b"coffer/function/fingerprint/1\0";

impl Function for Fingerprint {
    type Output = String;
    const NAME: &'static str = "fingerprint";
    const SUMMARY: &'static str = "Marks a value so that it can be compared without being shown";

    fn call(self) -> Result<String, FunctionError> {
        if self.key.chars().count() < MIN_KEY_LENGTH {
            return Err(FunctionError::argument(
                "key",
                format!(
                    "a key has {MIN_KEY_LENGTH} characters or more, so that it cannot be guessed"
                ),
            ));
        }
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key.as_bytes())
            .map_err(|error| FunctionError::argument("key", error.to_string()))?;
        mac.update(PURPOSE);
        mac.update(self.value.as_bytes());
        let tag = mac.finalize().into_bytes();
        Ok(tag
            .iter()
            .take(BYTES)
            .map(|byte| format!("{byte:02x}"))
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fingerprint(key: &str, value: &str) -> Result<String, FunctionError> {
        let (key, value) = (key.to_owned(), value.to_owned());
        Fingerprint { key, value }.call()
    }

    #[test]
    fn depends_on_key_and_value_and_stays_what_it_is() {
        let key = "a key of the tests";
        let mark = fingerprint(key, "hunter2").unwrap();
        assert_eq!(mark, "dff7b5a3e92ba722");
        assert_ne!(fingerprint(key, "hunter3").unwrap(), mark);
        assert_ne!(
            fingerprint("another key of the tests", "hunter2").unwrap(),
            mark
        );
        assert!(fingerprint("short", "hunter2").is_err());
    }
}
