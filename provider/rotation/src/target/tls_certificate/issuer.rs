//! Who issues: a private authority whose key is a secret, or the PKI engine of OpenBao or Vault.

use coffer_vault::{Secret, Timestamp};

use crate::generator::{Authority, AuthorityError};
use crate::schedule::Period;
use crate::target::openbao::{Issued, PkiIssuer, PkiRole, Server};
use crate::target::{Made, TargetError};

/// Who issues certificates.
pub struct Issuer(Kind);

enum Kind {
    Authority(Authority),
    Pki(Box<PkiIssuer>),
}

impl Issuer {
    /// The authority in `secret`.
    ///
    /// # Errors
    /// [`TargetError::Unusable`] where it holds none.
    pub fn read(secret: &Secret) -> Result<Self, TargetError> {
        let authority = Authority::read(secret).map_err(unusable)?;
        Ok(Self(Kind::Authority(authority)))
    }

    /// The role of the PKI engine on `server`.
    #[must_use]
    pub fn pki(role: PkiRole, server: Server) -> Self {
        Self(Kind::Pki(Box::new(PkiIssuer::new(role, server))))
    }

    /// Nobody is named.
    pub(in crate::target) fn missing() -> TargetError {
        TargetError::Unusable {
            why: "nobody is named who issues the certificate".to_owned(),
            remedy: "name an authority_secret or a pki_role".to_owned(),
        }
    }

    /// A key with a certificate for `names`, valid from now on.
    pub(super) async fn issue(
        &self,
        names: &[String],
        validity: &Period,
    ) -> Result<Made, TargetError> {
        let now = Timestamp::now();
        match &self.0 {
            Kind::Authority(authority) => {
                let expires = validity.after(now);
                let value = authority.issue(names, now, expires).map_err(unusable)?;
                Ok(Made::whole(value, Some(expires)))
            }
            Kind::Pki(pki) => {
                let Issued { value, expires } =
                    pki.issue(names, validity.length().as_secs()).await?;
                Ok(Made::whole(value, Some(expires)))
            }
        }
    }

    /// The certificate (PEM) by which a client trusts it.
    pub(super) async fn certificate(&self) -> Result<Secret, TargetError> {
        match &self.0 {
            Kind::Authority(authority) => Ok(Secret::copy_from(authority.certificate().as_bytes())),
            Kind::Pki(pki) => pki.authority().await,
        }
    }

    /// Ends a certificate (PEM) before its time, where there is a list of those that ended so.
    pub(super) async fn revoke(&self, certificate: String) -> Result<(), TargetError> {
        match &self.0 {
            Kind::Authority(_) => Ok(()),
            Kind::Pki(pki) => pki.revoke(certificate).await,
        }
    }
}

fn unusable(error: AuthorityError) -> TargetError {
    TargetError::Unusable {
        why: error.to_string(),
        remedy: "make an authority with `coffer generate authority --put NAME`, and name that"
            .to_owned(),
    }
}
