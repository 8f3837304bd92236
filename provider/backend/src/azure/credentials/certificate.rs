//! The assertion that an application signs with the key of its certificate.

use std::path::Path;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use coffer_vault::{Secret, Timestamp};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde_json::json;

use crate::azure::random;
use crate::error::{Error, Result};
use crate::jwt::{self, Signature};

/// How long an assertion is good for, in seconds.
const LASTS: i64 = 600;

/// An assertion of `client_id` for the token endpoint `url`.
///
/// # Errors
/// Where the file holds no certificate with an RSA key.
pub(super) fn assertion(path: &Path, client_id: &str, url: &str) -> Result<Secret> {
    let pem = std::fs::read(path)
        .map(Secret::new)
        .map_err(|error| unusable(path, &error.to_string()))?;
    let pem = pem.danger_expose();
    let certificate = CertificateDer::from_pem_slice(pem)
        .map_err(|_| unusable(path, "it holds no certificate in PEM"))?;
    let key = jwt::rsa_key(pem).map_err(|why| unusable(path, &why))?;
    let thumbprint = digest::digest(&digest::SHA256, &certificate);
    let now = Timestamp::now().as_second();
    let header = json!({ "x5t#S256": URL_SAFE_NO_PAD.encode(thumbprint.as_ref()) });
    let claims = json!({
        "aud": url, "iss": client_id, "sub": client_id, "jti": random()?,
        "nbf": now, "iat": now, "exp": now.saturating_add(LASTS),
    });
    jwt::sign(&key, Signature::Ps256, header, &claims).map_err(|why| unusable(path, &why))
}

fn unusable(path: &Path, why: &str) -> Error {
    Error::Setting {
        setting: "client_certificate_path",
        problem: format!("leads to {}, which cannot be used: {why}", path.display()),
        remedy: "give a file with the certificate and its RSA key in PEM, without a passphrase; `openssl pkcs12 -in app.pfx -nodes -out app.pem` makes one of a PFX file".to_owned(),
    }
}
