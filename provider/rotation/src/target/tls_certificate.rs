//! TLS certificates of a private authority: issued, and renewed before they end.

use std::sync::Arc;

use async_trait::async_trait;
use coffer_vault::{Secret, SecretName, Timestamp};
use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use serde::{Deserialize, Serialize};

use super::process::run;
use super::{Change, Made, Target, TargetError};
use crate::generator::Authority;
use crate::schedule::Period;

/// What the certificate is for. The value is a private key, its certificate and that of the authority, as PEM.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertificateSettings {
    /// The secret of the authority, from `coffer generate authority`.
    pub authority_secret: String,
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
        if self.renew_before.length() >= self.validity.length() {
            return Err("renew_before is not shorter than validity".to_owned());
        }
        Ok(())
    }
}

/// The authority, ready to issue.
pub struct CertificateTarget {
    settings: CertificateSettings,
    authority: Authority,
}

impl CertificateTarget {
    /// Issues by the authority in `secret`.
    ///
    /// # Errors
    /// [`TargetError::Unusable`] where it holds none.
    pub fn new(settings: CertificateSettings, secret: &Secret) -> Result<Self, TargetError> {
        let authority = Authority::read(secret).map_err(unusable)?;
        Ok(Self {
            settings,
            authority,
        })
    }

    /// Whether a client that trusts the authority accepts the certificate for each of its names.
    fn verify(&self, value: &Secret) -> Result<(), String> {
        let mut roots = RootCertStore::empty();
        let authority = CertificateDer::from_pem_slice(self.authority.certificate().as_bytes());
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
        _: Option<&Secret>,
    ) -> Result<Option<Made>, TargetError> {
        let now = Timestamp::now();
        let expires = self.settings.validity.after(now);
        let issued = self.authority.issue(&self.settings.names, now, expires);
        Ok(Some(Made {
            value: issued.map_err(unusable)?,
            expires: Some(expires),
        }))
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
        self.verify(&change.credential.value)
            .map_err(|why| TargetError::Refused {
                system: "the certificate's verification".to_owned(),
                why,
                remedy:
                    "see that the authority's secret is the one that issued it and is valid itself"
                        .to_owned(),
            })
    }

    async fn revoke(&self, _: &Change<'_>) -> Result<(), TargetError> {
        // It ends by itself: there is no list of revoked certificates.
        Ok(())
    }
}

fn unusable(error: crate::generator::AuthorityError) -> TargetError {
    TargetError::Unusable {
        why: error.to_string(),
        remedy: "make an authority with `coffer generate authority --put NAME`, and name that"
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::Credential;

    fn settings(names: &[&str]) -> CertificateSettings {
        CertificateSettings {
            authority_secret: "prod/ca".into(),
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
        let target = CertificateTarget::new(settings(&names), &authority()).unwrap();
        let credential = issue(&target).await;
        assert_eq!(test(&target, &credential).await, Ok(()));

        let other = CertificateTarget::new(settings(&names), &authority()).unwrap();
        assert!(test(&other, &credential).await.unwrap_err().is_refusal());
        let secret = target.authority.to_secret();
        let renamed = CertificateTarget::new(settings(&["web.example"]), &secret).unwrap();
        assert!(test(&renamed, &credential).await.unwrap_err().is_refusal());
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        assert!(settings(&[]).check().is_err());
        assert!(settings(&["not a name"]).check().is_err());
        let mut late = settings(&["a.example"]);
        late.renew_before = late.validity.clone();
        assert!(late.check().is_err());
        assert!(CertificateTarget::new(settings(&["a"]), &Secret::copy_from(b"fake")).is_err());
    }
}
