//! Which names the service takes.

use coffer_vault::SecretName;

use super::{SYSTEM, SecretsManager, invalid};
use crate::aws::failure::other_region;
use crate::error::Result;

/// What an ARN of a secret has between its colons: `arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-SUFFIX`.
const SERVICE: &str = "secretsmanager";
const RESOURCE: &str = "secret";

impl SecretsManager {
    /// What the service is told for `name`: the name itself, or an ARN, whole or without its suffix.
    pub(super) async fn secret_id<'a>(&self, name: &'a SecretName) -> Result<&'a str> {
        let text = name.as_str();
        if !text.starts_with("arn:") {
            check(name)?;
            return Ok(text);
        }
        let parts: Vec<&str> = text.split(':').collect();
        if !matches!(parts.as_slice(), [_, _, SERVICE, _, _, RESOURCE, rest] if !rest.is_empty()) {
            return Err(invalid(format!(
                "\"{text}\" is no ARN of a secret, which is arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME"
            )));
        }
        match other_region(SYSTEM, name, &self.connection().await?.config) {
            Some(error) => Err(error),
            None => Ok(text),
        }
    }
}

/// Checks a name under which a secret is to be made.
pub(super) fn check(name: &SecretName) -> Result<()> {
    if name.as_str().contains(':') {
        return Err(invalid(format!(
            "the name \"{name}\" has a colon; names have letters, digits and / _ + = . @ -"
        )));
    }
    Ok(())
}
