//! Static roles of the database engine: the server changes the password and keeps it, and the store follows.

use async_trait::async_trait;
use coffer_vault::{Secret, SecretName};
use serde::{Deserialize, Serialize};
use serde_json::Map;

use super::server::{SYSTEM, Server, member, unexpected};
use crate::target::{Change, Credential, Made, Target, TargetError};

/// Which static role is rotated. It holds no secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaticRole {
    /// The role's name.
    pub role: String,
    /// The mount of the database engine; `database` unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mount: Option<String>,
    /// The secret with the server and a login; the environment's unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_secret: Option<String>,
}

impl StaticRole {
    /// Refuses settings that cannot be meant.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn check(&self) -> Result<(), String> {
        let is_segment = |text: &str| !text.is_empty() && !text.contains(['/', '?', '#']);
        if !is_segment(&self.role) {
            return Err("role is the name of a static role, without slashes".to_owned());
        }
        match &self.mount {
            Some(mount) if mount.trim_matches('/').is_empty() => {
                Err("mount is where the database engine is mounted".to_owned())
            }
            _ => Ok(()),
        }
    }

    fn path(&self, kind: &str) -> String {
        let mount = self.mount.as_deref().unwrap_or("database");
        format!("{}/{kind}/{}", mount.trim_matches('/'), self.role)
    }
}

/// The server with the role.
pub struct StaticRoleTarget {
    role: StaticRole,
    server: Server,
}

impl StaticRoleTarget {
    /// The role on `server`.
    #[must_use]
    pub fn new(role: StaticRole, server: Server) -> Self {
        Self { role, server }
    }

    /// The user and the password that the server keeps for the role.
    async fn kept(&self) -> Result<(Option<String>, Secret), TargetError> {
        let answer = self.server.read(self.role.path("static-creds")).await?;
        let username = member(&answer, "username")?;
        let username = username.and_then(|it| it.danger_expose_str().map(str::to_owned).ok());
        let password = member(&answer, "password")?
            .ok_or_else(|| unexpected("the role has no password that is kept"))?;
        Ok((username, password))
    }

    async fn insist_on(&self, password: &Secret) -> Result<(), TargetError> {
        let (_, kept) = self.kept().await?;
        if kept.ct_eq(password) {
            return Ok(());
        }
        Err(TargetError::Refused {
            system: SYSTEM.to_owned(),
            why: format!("the password of the static role {} is another one now", self.role.role),
            remedy: "somebody else has rotated it, or its rotation_period has come: rotate again, which takes over the password that is kept"
                .to_owned(),
        })
    }
}

#[async_trait]
impl Target for StaticRoleTarget {
    async fn generate(
        &self,
        _: &SecretName,
        current: Option<&Credential>,
    ) -> Result<Option<Made>, TargetError> {
        let (username, kept) = self.kept().await?;
        // A password that the store does not have yet is taken over as it is: the server has rotated by itself, or a run
        // died after it had asked for that.
        let is_new = current.is_none_or(|current| !kept.ct_eq(&current.password));
        let (username, password) = if is_new {
            (username, kept)
        } else {
            self.server
                .write(self.role.path("rotate-role"), Map::new())
                .await?;
            let (username, rotated) = self.kept().await?;
            if rotated.ct_eq(&kept) {
                return Err(unexpected("it has not changed the password"));
            }
            (username, rotated)
        };
        Ok(Some(Made::password(username, password)))
    }

    async fn set(&self, change: &Change<'_>) -> Result<(), TargetError> {
        // The server has set it in the database before it gave it out; what it keeps cannot be set from outside.
        self.insist_on(&change.credential.password).await
    }

    async fn test(&self, change: &Change<'_>) -> Result<(), TargetError> {
        self.insist_on(&change.credential.password).await
    }

    async fn revoke(&self, _: &Change<'_>) -> Result<(), TargetError> {
        // The server has replaced it.
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let role = |role: &str, mount: Option<&str>| StaticRole {
            role: role.into(),
            mount: mount.map(Into::into),
            server_secret: None,
        };
        assert_eq!(role("app", None).check(), Ok(()));
        assert_eq!(
            role("app", Some("db/")).path("static-creds"),
            "db/static-creds/app"
        );
        assert!(role("", None).check().is_err());
        assert!(role("a/../../sys/seal", None).check().is_err());
        assert!(role("app", Some("/")).check().is_err());
    }
}
