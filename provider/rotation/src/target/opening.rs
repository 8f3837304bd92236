//! Making a target ready: reading what it logs in with.

use async_trait::async_trait;

use super::{Target, TargetError, TargetSpec, mysql, postgresql, tls_certificate, webhook};
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
            TargetSpec::Command(command) => Ok(Box::new(command.clone())),
            TargetSpec::SshKey(key) => Ok(Box::new(key.clone())),
            TargetSpec::TlsCertificate(settings) => {
                let authority = self.secret(&settings.authority_secret).await?;
                let settings = settings.clone();
                let target = tls_certificate::CertificateTarget::new(settings, &authority)?;
                Ok(Box::new(target))
            }
            TargetSpec::Webhook(settings) => {
                let key = self.secret(&settings.key_secret).await?;
                Ok(Box::new(webhook::WebhookTarget::new(settings, key)?))
            }
        }
    }
}
