//! Signed assertions (JWT), by which a private key logs in.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use coffer_vault::Secret;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use serde_json::Value;

/// How an assertion is signed, as its receiver asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    not(all(feature = "azure", feature = "google")),
    allow(dead_code, reason = "each of these stores uses one of them")
)]
pub(crate) enum Signature {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PSS with SHA-256.
    Ps256,
}

impl Signature {
    fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
        }
    }

    fn encoding(self) -> &'static dyn RsaEncoding {
        match self {
            Self::Rs256 => &RSA_PKCS1_SHA256,
            Self::Ps256 => &RSA_PSS_SHA256,
        }
    }
}

/// Reads an RSA key from PEM.
///
/// # Errors
/// What is wrong with it, without any of it.
pub(crate) fn rsa_key(pem: &[u8]) -> Result<RsaKeyPair, String> {
    let der = PrivateKeyDer::from_pem_slice(pem)
        .map_err(|_| "it holds no private key in PEM".to_owned())?;
    let key = match &der {
        PrivateKeyDer::Pkcs8(der) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()),
        PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()),
        _ => return Err("its private key is no RSA key".to_owned()),
    };
    key.map_err(|error| format!("its private key is no RSA key that can be used: {error}"))
}

/// The assertion of `claims`, signed as `signature` says; `header` gets the algorithm.
///
/// # Errors
/// Where the key cannot sign.
pub(crate) fn sign(
    key: &RsaKeyPair,
    signature: Signature,
    mut header: Value,
    claims: &Value,
) -> Result<Secret, String> {
    if let Some(header) = header.as_object_mut() {
        header.insert("alg".to_owned(), signature.name().into());
        header.insert("typ".to_owned(), "JWT".into());
    }
    let mut text = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header.to_string()),
        URL_SAFE_NO_PAD.encode(claims.to_string())
    );
    let mut bytes = vec![0; key.public_modulus_len()];
    key.sign(
        signature.encoding(),
        &SystemRandom::new(),
        text.as_bytes(),
        &mut bytes,
    )
    .map_err(|_| "its private key does not sign".to_owned())?;
    text.push('.');
    URL_SAFE_NO_PAD.encode_string(&bytes, &mut text);
    Ok(Secret::from(text))
}
