//! Signed assertions (JWT), by which a private key logs in.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use coffer_vault::Secret;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use serde_json::Value;

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

/// The assertion of `claims`, signed with RSASSA-PKCS1-v1_5 and SHA-256; `header` gets the algorithm.
///
/// # Errors
/// Where the key cannot sign.
pub(crate) fn sign(key: &RsaKeyPair, mut header: Value, claims: &Value) -> Result<Secret, String> {
    if let Some(header) = header.as_object_mut() {
        header.insert("alg".to_owned(), "RS256".into());
        header.insert("typ".to_owned(), "JWT".into());
    }
    let mut text = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header.to_string()),
        URL_SAFE_NO_PAD.encode(claims.to_string())
    );
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        text.as_bytes(),
        &mut signature,
    )
    .map_err(|_| "its private key does not sign".to_owned())?;
    text.push('.');
    URL_SAFE_NO_PAD.encode_string(&signature, &mut text);
    Ok(Secret::from(text))
}
