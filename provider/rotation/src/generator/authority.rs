//! Private certificate authorities: a key and a certificate that signs itself, as one secret.

use std::time::Duration;

use coffer_vault::{Secret, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, date_time_ymd,
};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use zeroize::{Zeroize, Zeroizing};

/// Clocks that run behind must not find a new certificate not valid yet.
const BACKDATED: Duration = Duration::from_secs(300);

/// A certificate authority.
pub struct Authority {
    common_name: String,
    certificate: String,
    key: KeyPair,
}

/// The JSON that is the authority's secret.
#[derive(Serialize, Deserialize)]
struct Stored {
    common_name: String,
    certificate: String,
    private_key: String,
}

impl Drop for Stored {
    fn drop(&mut self) {
        self.private_key.zeroize();
    }
}

/// Why there is no authority or no certificate. Nothing of a key is repeated.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuthorityError {
    /// The secret is none of an authority.
    #[error("the secret holds no authority")]
    NoAuthority,
    /// What was asked for cannot stand in a certificate.
    #[error("the certificate cannot be made: {0}")]
    Certificate(String),
}

impl From<rcgen::Error> for AuthorityError {
    fn from(error: rcgen::Error) -> Self {
        Self::Certificate(error.to_string())
    }
}

impl Authority {
    /// Makes an authority that is valid from `now` until `until`.
    ///
    /// # Errors
    /// [`AuthorityError::Certificate`].
    pub fn generate(
        common_name: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Self, AuthorityError> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let mut params = parameters(common_name);
        let epoch = date_time_ymd(1970, 1, 1);
        params.not_before = epoch + backdated(now);
        params.not_after = epoch + seconds(until);
        let certificate = params.self_signed(&key)?.pem();
        Ok(Self {
            common_name: common_name.to_owned(),
            certificate,
            key,
        })
    }

    /// Reads the secret of an authority.
    ///
    /// # Errors
    /// [`AuthorityError::NoAuthority`].
    pub fn read(secret: &Secret) -> Result<Self, AuthorityError> {
        let stored: Stored = serde_json::from_slice(secret.danger_expose())
            .map_err(|_| AuthorityError::NoAuthority)?;
        let key =
            KeyPair::from_pem(&stored.private_key).map_err(|_| AuthorityError::NoAuthority)?;
        Ok(Self {
            common_name: stored.common_name.clone(),
            certificate: stored.certificate.clone(),
            key,
        })
    }

    /// The authority's secret: a JSON object with `common_name`, `certificate` and `private_key`.
    #[must_use]
    pub fn to_secret(&self) -> Secret {
        let stored = Stored {
            common_name: self.common_name.clone(),
            certificate: self.certificate.clone(),
            private_key: self.key.serialize_pem(),
        };
        // Texts always have a JSON form.
        Secret::new(serde_json::to_vec(&stored).unwrap_or_default())
    }

    /// The authority's certificate as PEM, which whoever trusts it needs.
    #[must_use]
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// A new key with a certificate for `names`, valid from `now` until `until`: private key, certificate and the
    /// authority's certificate, as PEM in this order.
    ///
    /// # Errors
    /// [`AuthorityError::Certificate`].
    pub fn issue(
        &self,
        names: &[String],
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Secret, AuthorityError> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name = DistinguishedName::new();
        if let Some(first) = names.first() {
            params.distinguished_name.push(DnType::CommonName, first);
        }
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::ClientAuth,
        ];
        params.use_authority_key_identifier_extension = true;
        let epoch = date_time_ymd(1970, 1, 1);
        params.not_before = epoch + backdated(now);
        params.not_after = epoch + seconds(until);
        let issuer = Issuer::new(parameters(&self.common_name), &self.key);
        let certificate = params.signed_by(&key, &issuer)?.pem();
        let private = Zeroizing::new(key.serialize_pem());
        let bundle = [private.as_str(), &certificate, &self.certificate].concat();
        Ok(Secret::from(bundle))
    }
}

fn parameters(common_name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, common_name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

/// How far a time lies from the beginning of 1970.
fn seconds(at: Timestamp) -> Duration {
    Duration::from_secs(u64::try_from(at.as_second()).unwrap_or(0))
}

/// From when a certificate is valid that is made at `now`: a little before, for clocks that run behind.
fn backdated(now: Timestamp) -> Duration {
    seconds(now).saturating_sub(BACKDATED)
}
