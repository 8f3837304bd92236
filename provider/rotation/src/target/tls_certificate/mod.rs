//! TLS certificates: issued by a private authority or by the PKI engine of OpenBao, and renewed before they end.

mod issuer;

use std::sync::Arc;

use async_trait::async_trait;
use coffer_vault::{Secret, SecretName};
use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use serde::{Deserialize, Serialize};

pub use issuer::Issuer;

use super::openbao::PkiRole;
use super::process::run;
use super::{Change, Credential, Made, Target, TargetError};
use crate::schedule::Period;

/// What the certificate is for. The value is a private key, its certificate and that of the authority, as PEM.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertificateSettings {
    /// The secret of the authority, from `coffer generate authority`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority_secret: Option<String>,
    /// The role of a PKI engine that issues, in place of an authority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pki: Option<PkiRole>,
    /// The DNS names and IP addresses.
    pub names: Vec<String>,
    /// For how long a certificate is valid.
    pub validity: Period,
    /// How long before its end it is renewed.
    pub renew_before: Period,
    /// A program that gets the value on its standard input, to install it where it is needed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub install: Vec<String>,
}

impl CertificateSettings {
    /// Refuses settings that cannot be meant.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn check(&self) -> Result<(), String> {
        for name in &self.names {
            ServerName::try_from(name.as_str())
                .map_err(|_| format!("\"{}\" is no DNS name or IP address", name.escape_debug()))?;
        }
        if self.names.is_empty() {
            return Err("a certificate has at least one name".to_owned());
        }
        match (&self.authority_secret, &self.pki) {
            (Some(_), None) => {}
            (None, Some(role)) => role.check()?,
            _ => return Err("one issues: either authority_secret or pki_role".to_owned()),
        }
        if self.renew_before.length() >= self.validity.length() {
            return Err("renew_before is not shorter than validity".to_owned());
        }
        Ok(())
    }
}

/// The issuer, ready to issue.
pub struct CertificateTarget {
    settings: CertificateSettings,
    issuer: Issuer,
}

impl CertificateTarget {
    /// Certificates of `issuer`.
    #[must_use]
    pub fn new(settings: CertificateSettings, issuer: Issuer) -> Self {
        Self { settings, issuer }
    }

    /// Whether a client that trusts the authority accepts the certificate for each of its names.
    fn verify(&self, authority: &Secret, value: &Secret) -> Result<(), String> {
        let mut roots = RootCertStore::empty();
        let authority = CertificateDer::from_pem_slice(authority.danger_expose());
        roots
            .add(authority.map_err(|error| error.to_string())?)
            .map_err(|error| error.to_string())?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
            .build()
            .map_err(|error| error.to_string())?;
        let leaf = CertificateDer::pem_slice_iter(value.danger_expose())
            .next()
            .and_then(Result::ok)
            .ok_or("it holds no certificate")?;
        for name in &self.settings.names {
            let name = ServerName::try_from(name.as_str()).map_err(|error| error.to_string())?;
            verifier
                .verify_server_cert(&leaf, &[], &name, &[], UnixTime::now())
                .map_err(|error| error.to_string())?;
        }
        Ok(())
    }
}

#[async_trait]
impl Target for CertificateTarget {
    async fn generate(
        &self,
        _: &SecretName,
        _: Option<&Credential>,
    ) -> Result<Option<Made>, TargetError> {
        let (names, validity) = (&self.settings.names, &self.settings.validity);
        self.issuer.issue(names, validity).await.map(Some)
    }

    async fn set(&self, change: &Change<'_>) -> Result<(), TargetError> {
        run(
            "set",
            &self.settings.install,
            &change.credential.value,
            change,
        )
        .await
    }

    async fn test(&self, change: &Change<'_>) -> Result<(), TargetError> {
        let authority = self.issuer.certificate().await?;
        self.verify(&authority, &change.credential.value)
            .map_err(|why| TargetError::Refused {
                system: "the certificate's verification".to_owned(),
                why,
                remedy:
                    "see that the authority's secret is the one that issued it and is valid itself"
                        .to_owned(),
            })
    }

    async fn revoke(&self, change: &Change<'_>) -> Result<(), TargetError> {
        match certificate(&change.credential.value) {
            Some(certificate) => self.issuer.revoke(certificate).await,
            None => Ok(()),
        }
    }
}

/// The first certificate of a value, as PEM.
fn certificate(value: &Secret) -> Option<String> {
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    const END: &str = "-----END CERTIFICATE-----";
    let (_, rest) = value.danger_expose_str().ok()?.split_once(BEGIN)?;
    let (body, _) = rest.split_once(END)?;
    Some(format!("{BEGIN}{body}{END}\n"))
}

#[cfg(test)]
mod tests {
    use coffer_vault::Timestamp;

    use super::*;
    use crate::generator::Authority;

    fn settings(names: &[&str]) -> CertificateSettings {
        CertificateSettings {
            authority_secret: Some("prod/ca".into()),
            pki: None,
            names: names.iter().map(ToString::to_string).collect(),
            validity: Period::parse("30d").unwrap(),
            renew_before: Period::parse("10d").unwrap(),
            install: Vec::new(),
        }
    }

    fn authority() -> Secret {
        let now = Timestamp::now();
        let until = Period::parse("3650d").unwrap().after(now);
        let authority = Authority::generate("Fake Authority", now, until).unwrap();
        authority.to_secret()
    }

    async fn issue(target: &CertificateTarget) -> Credential {
        let name = SecretName::parse("prod/tls").unwrap();
        let made = target.generate(&name, None).await.unwrap().unwrap();
        let left = made.expires.unwrap().duration_since(Timestamp::now());
        assert!((29..=30).contains(&(left.as_hours() / 24)));
        Credential {
            version: 1,
            username: None,
            password: made.value.clone(),
            value: made.value,
        }
    }

    async fn test(target: &CertificateTarget, credential: &Credential) -> Result<(), TargetError> {
        let change = Change {
            name: &SecretName::parse("prod/tls").unwrap(),
            credential,
            current: None,
        };
        target.test(&change).await
    }

    #[tokio::test]
    async fn a_certificate_is_accepted_by_whoever_trusts_its_authority_and_by_nobody_else() {
        let names = ["db.internal.example", "10.0.0.7"];
        let authority = authority();
        let target = CertificateTarget::new(settings(&names), Issuer::read(&authority).unwrap());
        let credential = issue(&target).await;
        assert_eq!(test(&target, &credential).await, Ok(()));

        let foreign = Issuer::read(&self::authority()).unwrap();
        let other = CertificateTarget::new(settings(&names), foreign);
        assert!(test(&other, &credential).await.unwrap_err().is_refusal());
        let same = Issuer::read(&authority).unwrap();
        let renamed = CertificateTarget::new(settings(&["web.example"]), same);
        assert!(test(&renamed, &credential).await.unwrap_err().is_refusal());
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        assert!(settings(&[]).check().is_err());
        assert!(settings(&["not a name"]).check().is_err());
        let mut late = settings(&["a.example"]);
        late.renew_before = late.validity.clone();
        assert!(late.check().is_err());
        let mut nobody = settings(&["a.example"]);
        nobody.authority_secret = None;
        assert!(nobody.check().is_err());
        assert!(Issuer::read(&Secret::copy_from(b"fake")).is_err());
    }
}
