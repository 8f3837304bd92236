//! Key pairs for TLS, signing and SSH.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::encoding::{AsBigEndian, AsDer, Curve25519SeedBin, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use coffer_vault::Secret;
use zeroize::Zeroizing;

use super::GenerateError;
use super::openssh;

/// What kind of key pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyAlgorithm {
    /// Ed25519 (RFC 8032).
    Ed25519,
    /// ECDSA on P-256.
    EcdsaP256,
    /// ECDSA on P-384.
    EcdsaP384,
    /// RSA of 2048 bits.
    Rsa2048,
    /// RSA of 3072 bits.
    Rsa3072,
    /// RSA of 4096 bits.
    Rsa4096,
}

impl KeyAlgorithm {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Ed25519,
        Self::EcdsaP256,
        Self::EcdsaP384,
        Self::Rsa2048,
        Self::Rsa3072,
        Self::Rsa4096,
    ];

    /// The name in configurations and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
            Self::EcdsaP256 => "ecdsa-p256",
            Self::EcdsaP384 => "ecdsa-p384",
            Self::Rsa2048 => "rsa-2048",
            Self::Rsa3072 => "rsa-3072",
            Self::Rsa4096 => "rsa-4096",
        }
    }

    /// The strength in bits, by NIST SP 800-57 part 1, table 2.
    pub fn strength_bits(self) -> f64 {
        match self {
            Self::Rsa2048 => 112.0,
            Self::Ed25519 | Self::EcdsaP256 | Self::Rsa3072 => 128.0,
            Self::Rsa4096 => 140.0,
            Self::EcdsaP384 => 192.0,
        }
    }

    /// Generates a key pair.
    ///
    /// # Errors
    /// Where the system has no random bytes.
    pub fn generate(self) -> Result<KeyPair, GenerateError> {
        match self {
            Self::Ed25519 => ed25519(),
            Self::EcdsaP256 => ecdsa(&ECDSA_P256_SHA256_ASN1_SIGNING, "nistp256"),
            Self::EcdsaP384 => ecdsa(&ECDSA_P384_SHA384_ASN1_SIGNING, "nistp384"),
            Self::Rsa2048 => rsa(KeySize::Rsa2048),
            Self::Rsa3072 => rsa(KeySize::Rsa3072),
            Self::Rsa4096 => rsa(KeySize::Rsa4096),
        }
    }
}

impl fmt::Display for KeyAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for KeyAlgorithm {
    type Err = GenerateError;

    fn from_str(text: &str) -> Result<Self, GenerateError> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.as_str() == text)
            .ok_or_else(|| GenerateError::UnknownAlgorithm {
                name: text.escape_debug().to_string(),
            })
    }
}

/// A key pair.
#[derive(Clone)]
#[non_exhaustive]
pub struct KeyPair {
    /// The private key: PKCS#8 (RFC 5208) as PEM.
    pub private_pem: Secret,
    /// The private key as OpenSSH reads it. For Ed25519 this is OpenSSH's own format, which it alone takes; for the others
    /// it is the PKCS#8 PEM.
    pub private_openssh: Secret,
    /// The public key: SubjectPublicKeyInfo (RFC 5280) as PEM.
    pub public_pem: String,
    /// The public key as a line for `authorized_keys`, without a comment.
    pub public_openssh: String,
}

fn ed25519() -> Result<KeyPair, GenerateError> {
    let pair = Ed25519KeyPair::generate().map_err(failed)?;
    let public: [u8; 32] = pair.public_key().as_ref().try_into().map_err(failed)?;
    let seed = pair
        .seed()
        .and_then(|seed| AsBigEndian::<Curve25519SeedBin<'_>>::as_be_bytes(&seed))
        .map_err(failed)?;
    let seed = Zeroizing::new(<[u8; 32]>::try_from(seed.as_ref()).map_err(failed)?);
    let private = pair.to_pkcs8v1().map_err(failed)?;
    let spki: PublicKeyX509Der<'_> = pair.public_key().as_der().map_err(failed)?;
    Ok(KeyPair {
        private_pem: private_pem("PRIVATE KEY", private.as_ref()),
        private_openssh: private_pem(
            "OPENSSH PRIVATE KEY",
            &openssh::ed25519_private(&seed, &public)?,
        ),
        public_pem: pem("PUBLIC KEY", spki.as_ref()),
        public_openssh: openssh::line("ssh-ed25519", &[&public]),
    })
}

fn ecdsa(algorithm: &'static EcdsaSigningAlgorithm, curve: &str) -> Result<KeyPair, GenerateError> {
    let pair = EcdsaKeyPair::generate(algorithm).map_err(failed)?;
    let private = pair.to_pkcs8v1().map_err(failed)?;
    let spki: PublicKeyX509Der<'_> = pair.public_key().as_der().map_err(failed)?;
    let private = private_pem("PRIVATE KEY", private.as_ref());
    Ok(KeyPair {
        private_openssh: private.clone(),
        private_pem: private,
        public_pem: pem("PUBLIC KEY", spki.as_ref()),
        public_openssh: openssh::line(
            &format!("ecdsa-sha2-{curve}"),
            &[curve.as_bytes(), pair.public_key().as_ref()],
        ),
    })
}

fn rsa(size: KeySize) -> Result<KeyPair, GenerateError> {
    let pair = RsaKeyPair::generate(size).map_err(failed)?;
    let private: Pkcs8V1Der<'_> = pair.as_der().map_err(failed)?;
    let public = pair.public_key();
    let (modulus, exponent) = openssh::rsa_numbers(public.as_ref())
        .ok_or(())
        .map_err(failed)?;
    let spki: PublicKeyX509Der<'_> = public.as_der().map_err(failed)?;
    let private = private_pem("PRIVATE KEY", private.as_ref());
    Ok(KeyPair {
        private_openssh: private.clone(),
        private_pem: private,
        public_pem: pem("PUBLIC KEY", spki.as_ref()),
        public_openssh: openssh::line("ssh-rsa", &[exponent, modulus]),
    })
}

fn failed<E>(_: E) -> GenerateError {
    GenerateError::Random("the key could not be generated".to_owned())
}

/// PEM (RFC 7468) in a buffer that never grows.
fn private_pem(label: &str, der: &[u8]) -> Secret {
    let mut text = Zeroizing::new(String::with_capacity(
        der.len().saturating_mul(2).saturating_add(128),
    ));
    write_pem(&mut text, label, der);
    Secret::copy_from(text.as_bytes())
}

fn pem(label: &str, der: &[u8]) -> String {
    let mut text = String::new();
    write_pem(&mut text, label, der);
    text
}

fn write_pem(text: &mut String, label: &str, der: &[u8]) {
    text.push_str("-----BEGIN ");
    text.push_str(label);
    text.push_str("-----\n");
    // 48 bytes are 64 characters.
    for line in der.chunks(48) {
        STANDARD.encode_string(line, text);
        text.push('\n');
    }
    text.push_str("-----END ");
    text.push_str(label);
    text.push_str("-----\n");
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    use std::process::Command;

    use super::*;

    /// OpenSSH and OpenSSL judge every kind of key, where they are installed.
    #[test]
    fn other_programs_derive_the_same_public_keys() {
        let folder = tempfile::tempdir().unwrap();
        for algorithm in KeyAlgorithm::ALL {
            let pair = algorithm.generate().unwrap();
            let file = folder.path().join(algorithm.as_str());
            let write = |name: &str, key: &Secret| {
                let path = file.with_extension(name);
                let mut file = std::fs::OpenOptions::new()
                    .write(true)
                    .create_new(true)
                    .mode(0o600)
                    .open(&path)
                    .unwrap();
                file.write_all(key.danger_expose()).unwrap();
                path
            };
            let ssh = write("ssh", &pair.private_openssh);
            if let Ok(output) = Command::new("ssh-keygen").arg("-yf").arg(&ssh).output() {
                let told = String::from_utf8(output.stdout).unwrap();
                assert!(
                    output.status.success(),
                    "{algorithm}: {}",
                    String::from_utf8_lossy(&output.stderr)
                );
                assert_eq!(told.trim(), pair.public_openssh, "{algorithm}");
            }
            let pem = write("pem", &pair.private_pem);
            if let Ok(output) = Command::new("openssl")
                .args(["pkey", "-pubout", "-in"])
                .arg(&pem)
                .output()
            {
                assert!(
                    output.status.success(),
                    "{algorithm}: {}",
                    String::from_utf8_lossy(&output.stderr)
                );
                assert_eq!(
                    String::from_utf8(output.stdout).unwrap(),
                    pair.public_pem,
                    "{algorithm}"
                );
            }
        }
    }

    #[test]
    fn names_read_as_they_are_written() {
        for algorithm in KeyAlgorithm::ALL {
            assert_eq!(algorithm.as_str().parse(), Ok(algorithm));
        }
        assert!(matches!(
            "rsa-1024".parse::<KeyAlgorithm>(),
            Err(GenerateError::UnknownAlgorithm { .. })
        ));
    }
}
