//! What systems keep instead of a password, to compare with: hashes that are slow to guess from.

use argon2::{Argon2, PasswordHasher};
use coffer_vault::Secret;
use thiserror::Error;

/// How often bcrypt doubles its work: what OWASP asks for at least, and what most systems take.
const BCRYPT_COST: u32 = 10;
/// The most bytes that bcrypt takes: it ends a password with a zero, and reads 72 bytes.
const BCRYPT_LONGEST: usize = 71;

/// A kind of hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashKind {
    /// Argon2id as RFC 9106 has it, 19 MiB and 2 passes, as a PHC text: `$argon2id$v=19$m=19456,t=2,p=1$…`.
    Argon2id,
    /// bcrypt in the variant 2b with cost 10: `$2b$10$…`.
    Bcrypt,
    /// The verifier that PostgreSQL stores (RFC 5802): `SCRAM-SHA-256$4096:…`.
    ScramSha256,
}

/// Why a password was not hashed.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum HashError {
    /// It is longer than bcrypt reads.
    #[error(
        "bcrypt takes {BCRYPT_LONGEST} bytes and the password has {0}; a longer one would be cut off unnoticed"
    )]
    TooLong(usize),
    /// The machine: no memory, no random bytes.
    #[error("the machine cannot hash it: {0}")]
    Machine(String),
}

impl HashKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Argon2id, Self::Bcrypt, Self::ScramSha256];

    /// Hashes a password with a fresh salt. Takes about a tenth of a second with the first two, on purpose.
    ///
    /// # Errors
    /// [`HashError`].
    pub fn hash(self, password: &Secret) -> Result<Secret, HashError> {
        let machine = |error: &dyn std::fmt::Display| HashError::Machine(error.to_string());
        let password = password.danger_expose();
        let text = match self {
            Self::Argon2id => Argon2::default()
                .hash_password(password)
                .map_err(|error| machine(&error))?
                .to_string(),
            Self::Bcrypt if password.len() > BCRYPT_LONGEST => {
                return Err(HashError::TooLong(password.len()));
            }
            Self::Bcrypt => bcrypt::hash(password, BCRYPT_COST).map_err(|error| machine(&error))?,
            Self::ScramSha256 => postgres_protocol::password::scram_sha_256(password),
        };
        Ok(Secret::from(text))
    }
}

#[cfg(test)]
mod tests {
    use argon2::PasswordVerifier;
    use argon2::password_hash::phc::PasswordHash;

    use super::*;

    const PASSWORD: &[u8] = b"fake-password";

    fn hash(kind: HashKind) -> String {
        let hashed = kind.hash(&Secret::copy_from(PASSWORD)).unwrap();
        hashed.danger_expose_str().unwrap().to_owned()
    }

    #[test]
    fn each_hash_is_of_the_password_and_salted_anew() {
        let argon2id = hash(HashKind::Argon2id);
        assert!(
            argon2id.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{argon2id}"
        );
        let parsed = PasswordHash::new(&argon2id).unwrap();
        assert!(Argon2::default().verify_password(PASSWORD, &parsed).is_ok());
        assert!(
            Argon2::default()
                .verify_password(b"another", &parsed)
                .is_err()
        );

        let bcrypt = hash(HashKind::Bcrypt);
        assert!(bcrypt.starts_with("$2b$10$"), "{bcrypt}");
        assert!(bcrypt::verify(PASSWORD, &bcrypt).unwrap());
        assert!(!bcrypt::verify(b"another", &bcrypt).unwrap());

        let scram = hash(HashKind::ScramSha256);
        assert!(scram.starts_with("SCRAM-SHA-256$4096:"), "{scram}");
        for kind in HashKind::ALL {
            assert_ne!(hash(kind), hash(kind), "{kind:?}");
        }
    }

    #[test]
    fn bcrypt_refuses_what_it_would_cut_off() {
        let long = |length: usize| HashKind::Bcrypt.hash(&Secret::new(vec![b'x'; length]));
        assert!(long(71).is_ok());
        assert_eq!(long(72).err(), Some(HashError::TooLong(72)));
    }
}
