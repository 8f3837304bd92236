//! Making a target ready: reading what it logs in with.

use async_trait::async_trait;

use super::tls_certificate::Issuer;
use super::{
    Target, TargetError, TargetSpec, mysql, openbao, postgresql, tls_certificate, webhook,
};
use crate::source::SecretSource;

/// Makes targets ready.
#[async_trait]
pub trait Targets: Send + Sync {
    /// The target that `spec` describes.
    ///
    /// # Errors
    /// [`TargetError::Unusable`].
    async fn open(&self, spec: &TargetSpec) -> Result<Box<dyn Target>, TargetError>;
}

/// The targets themselves.
pub struct RealTargets<'a> {
    secrets: &'a dyn SecretSource,
}

impl<'a> RealTargets<'a> {
    /// Targets that log in with secrets of `secrets`.
    #[must_use]
    pub fn new(secrets: &'a dyn SecretSource) -> Self {
        Self { secrets }
    }

    /// Reads the secret that a target logs in with.
    async fn secret(&self, reference: &str) -> Result<coffer_vault::Secret, TargetError> {
        self.secrets
            .read(reference)
            .await
            .map_err(|error| TargetError::Unusable {
                why: format!("the secret that it logs in with cannot be read: {error}"),
                remedy: format!("see that {reference} is there and that you may read it"),
            })
    }

    /// The OpenBao or Vault server of a secret, or of the environment.
    async fn server(&self, reference: Option<&str>) -> Result<openbao::Server, TargetError> {
        match reference {
            Some(reference) => openbao::Server::parse(&self.secret(reference).await?),
            None => Ok(openbao::Server::of_environment()),
        }
    }
}

#[async_trait]
impl Targets for RealTargets<'_> {
    async fn open(&self, spec: &TargetSpec) -> Result<Box<dyn Target>, TargetError> {
        match spec {
            TargetSpec::Postgresql(role) => {
                let admin = self.secret(&role.admin_secret).await?;
                Ok(Box::new(postgresql::RoleTarget::new(role.clone(), &admin)?))
            }
            TargetSpec::Mysql(user) => {
                let admin = self.secret(&user.admin_secret).await?;
                Ok(Box::new(mysql::UserTarget::new(user.clone(), &admin)?))
            }
            TargetSpec::OpenbaoStaticRole(role) => {
                let server = self.server(role.server_secret.as_deref()).await?;
                let role = role.clone();
                Ok(Box::new(openbao::StaticRoleTarget::new(role, server)))
            }
            // The store does all of it, and the machine never asks for a target.
            TargetSpec::AwsRotation(_) => Err(TargetError::Unusable {
                why: "the store rotates the secret by itself".to_owned(),
                remedy: "store a first version before the rotation, and leave detect_drift out"
                    .to_owned(),
            }),
            TargetSpec::Command(command) => Ok(Box::new(command.clone())),
            TargetSpec::SshKey(key) => Ok(Box::new(key.clone())),
            TargetSpec::TlsCertificate(settings) => {
                let issuer = match (&settings.authority_secret, &settings.pki) {
                    (Some(authority), _) => Issuer::read(&self.secret(authority).await?)?,
                    (None, Some(role)) => {
                        let server = self.server(role.server_secret.as_deref()).await?;
                        Issuer::pki(role.clone(), server)
                    }
                    (None, None) => return Err(Issuer::missing()),
                };
                let settings = settings.clone();
                Ok(Box::new(tls_certificate::CertificateTarget::new(
                    settings, issuer,
                )))
            }
            TargetSpec::Webhook(settings) => {
                let key = self.secret(&settings.key_secret).await?;
                Ok(Box::new(webhook::WebhookTarget::new(settings, key)?))
            }
        }
    }
}
