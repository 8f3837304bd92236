//! The certificate that go-plugin's host makes for one connection: ECDSA on P-521, a certificate authority used as a
//! leaf, which strict verifiers refuse.

use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, PKCS_ECDSA_P521_SHA512,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// A client certificate with its key.
#[derive(Debug)]
pub struct ClientCertificate {
    pem: String,
    der: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
}

impl Clone for ClientCertificate {
    fn clone(&self) -> Self {
        Self {
            pem: self.pem.clone(),
            der: self.der.clone(),
            key: self.key.clone_key(),
        }
    }
}

impl ClientCertificate {
    /// One that go-plugin would make now.
    #[must_use]
    pub fn new() -> Self {
        let now = SystemTime::now();
        let days = Duration::from_secs(30 * 24 * 3600);
        Self::valid(now - Duration::from_secs(30), now + days)
    }

    /// One whose time is over.
    #[must_use]
    pub fn expired() -> Self {
        let now = SystemTime::now();
        let hour = Duration::from_secs(3600);
        Self::valid(now - 2 * hour, now - hour)
    }

    /// One whose time has yet to come.
    #[must_use]
    pub fn not_yet_valid() -> Self {
        let now = SystemTime::now();
        let hour = Duration::from_secs(3600);
        Self::valid(now + hour, now + 2 * hour)
    }

    fn valid(from: SystemTime, until: SystemTime) -> Self {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P521_SHA512).expect("a key can be made");
        let mut params =
            CertificateParams::new(["localhost".to_owned()]).expect("a valid host name");
        let mut name = DistinguishedName::new();
        name.push(DnType::OrganizationName, "HashiCorp");
        name.push(DnType::CommonName, "localhost");
        params.distinguished_name = name;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![
            KeyUsagePurpose::DigitalSignature,
            KeyUsagePurpose::KeyEncipherment,
            KeyUsagePurpose::KeyAgreement,
            KeyUsagePurpose::KeyCertSign,
        ];
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ClientAuth,
            ExtendedKeyUsagePurpose::ServerAuth,
        ];
        params.not_before = from.into();
        params.not_after = until.into();
        let certificate = params.self_signed(&key).expect("a certificate can be made");
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key in PKCS #8");
        Self {
            pem: certificate.pem(),
            der: certificate.der().clone(),
            key,
        }
    }

    /// The certificate as `PLUGIN_CLIENT_CERT` has it.
    #[must_use]
    pub fn pem(&self) -> &str {
        &self.pem
    }

    pub(super) fn chain(&self) -> Vec<CertificateDer<'static>> {
        vec![self.der.clone()]
    }

    pub(super) fn key(&self) -> PrivateKeyDer<'static> {
        self.key.clone_key()
    }
}

impl Default for ClientCertificate {
    fn default() -> Self {
        Self::new()
    }
}
