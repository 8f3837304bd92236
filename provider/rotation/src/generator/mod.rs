//! New secrets: passwords, passphrases and keys, from the operating system's random generator.

mod authority;
mod bytes;
mod draw;
mod key_pair;
mod openssh;
mod outcomes;
mod passphrase;
mod password;

use coffer_vault::Secret;
use thiserror::Error;

pub use authority::{Authority, AuthorityError};
pub use bytes::{BytesPolicy, Encoding, uuid};
pub use key_pair::{KeyAlgorithm, KeyPair};
pub use passphrase::PassphrasePolicy;
pub use password::PasswordPolicy;

/// What a secret must reach unless the policy sets its own floor: beyond any offline search.
pub const DEFAULT_MIN_ENTROPY_BITS: f64 = 64.0;

/// The public key of a private key in OpenSSH's own format, as a line without a comment; none where it is no such key.
pub fn ssh_public_key(private: &Secret) -> Option<String> {
    openssh::public_of(private)
}

/// A generated secret and how hard it is to guess.
#[derive(Clone)]
pub struct Generated {
    /// The secret.
    pub value: Secret,
    /// The base-2 logarithm of the number of equally likely outcomes, rounded down in doubt.
    pub entropy_bits: f64,
}

/// Why nothing was generated.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum GenerateError {
    /// The length is out of bounds.
    #[error("the length is {length}; it must be from {min} to {max}")]
    Length {
        /// The length asked for.
        length: usize,
        /// The least that is allowed.
        min: usize,
        /// The most that is allowed.
        max: usize,
    },
    /// The minimum counts add up to more than the length.
    #[error(
        "the minimum counts add up to {needed}, more than the length {length}; raise the length or lower them"
    )]
    MinimumsTooLarge {
        /// The sum.
        needed: usize,
        /// The length.
        length: usize,
    },
    /// A class of characters is needed and has none left after the exclusions.
    #[error("no {class} character is left to choose from; enable the class, or exclude less")]
    EmptyClass {
        /// The class.
        class: &'static str,
    },
    /// No character at all is left.
    #[error("no character is left to choose from; enable a class of characters, or exclude less")]
    EmptyAlphabet,
    /// `override_special` or `exclude` holds something that is no printable ASCII character.
    #[error("{argument} holds {character:?}; only printable ASCII characters can be used")]
    NotPrintable {
        /// The argument.
        argument: &'static str,
        /// The character.
        character: char,
    },
    /// The result would be easier to guess than the policy allows.
    #[error(
        "the policy gives {bits:.0} bits of entropy, fewer than the {minimum:.0} that are required; raise the length or allow more characters"
    )]
    TooWeak {
        /// The policy's entropy.
        bits: f64,
        /// What is required.
        minimum: f64,
    },
    /// A passphrase's words would run together.
    #[error(
        "without a separator, words run together and count for less; set one, or capitalise the words"
    )]
    NoSeparator,
    /// There is no such kind of key.
    #[error(
        "there is no key algorithm \"{name}\"; there are ed25519, ecdsa-p256, ecdsa-p384, rsa-2048, rsa-3072 and rsa-4096"
    )]
    UnknownAlgorithm {
        /// What was asked for.
        name: String,
    },
    /// The operating system's random generator failed.
    #[error("the operating system gave no random bytes: {0}")]
    Random(String),
}

/// Refuses what is easier to guess than its floor.
fn check_entropy(bits: f64, minimum: f64) -> Result<(), GenerateError> {
    if bits < minimum {
        return Err(GenerateError::TooWeak {
            bits: bits.floor(),
            minimum,
        });
    }
    Ok(())
}
