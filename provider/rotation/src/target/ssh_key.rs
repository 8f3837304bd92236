//! SSH key pairs: the private key is the value, and the public key is installed by a program.

use async_trait::async_trait;
use coffer_vault::{Secret, SecretName};
use serde::{Deserialize, Serialize};

use super::process::{check, run};
use super::{Change, Credential, Made, Target, TargetError};
use crate::generator::{KeyAlgorithm, ssh_public_key};

/// The programs that install, try and remove a key.
///
/// `install` and `remove` get the public key on their standard input, as a line for `authorized_keys`; `test` gets the
/// private key. The rest is as with a [`super::command::CommandTarget`]. The old key stays installed until its grace
/// period is over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SshKeyTarget {
    /// Installs a public key.
    pub install: Vec<String>,
    /// Tries a private key; it counts as accepted without.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub test: Vec<String>,
    /// Removes a public key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remove: Vec<String>,
}

impl SshKeyTarget {
    /// Refuses settings that cannot be meant.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn check(&self) -> Result<(), String> {
        check("install", &self.install)
    }
}

#[async_trait]
impl Target for SshKeyTarget {
    async fn generate(
        &self,
        _: &SecretName,
        _: Option<&Credential>,
    ) -> Result<Option<Made>, TargetError> {
        let pair = KeyAlgorithm::Ed25519.generate();
        let pair = pair.map_err(|error| TargetError::Unusable {
            why: error.to_string(),
            remedy: "run it again".to_owned(),
        })?;
        Ok(Some(Made::whole(pair.private_openssh, None)))
    }

    async fn set(&self, change: &Change<'_>) -> Result<(), TargetError> {
        run("set", &self.install, &public_line(change)?, change).await
    }

    async fn test(&self, change: &Change<'_>) -> Result<(), TargetError> {
        run("test", &self.test, &change.credential.value, change).await
    }

    async fn revoke(&self, change: &Change<'_>) -> Result<(), TargetError> {
        run("revoke", &self.remove, &public_line(change)?, change).await
    }
}

/// The public key of the credential, with the secret's name and version as its comment.
fn public_line(change: &Change<'_>) -> Result<Secret, TargetError> {
    let credential = change.credential;
    let public = ssh_public_key(&credential.value).ok_or_else(|| TargetError::Unusable {
        why: format!(
            "version {} is no private key of OpenSSH",
            credential.version
        ),
        remedy: "store the private key as ssh-keygen writes it, without a passphrase".to_owned(),
    })?;
    Ok(Secret::from(format!(
        "{public} coffer:{}@{}\n",
        change.name, credential.version
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::Credential;

    #[tokio::test]
    async fn keys_are_installed_and_removed_by_their_public_line() {
        let folder = tempfile::tempdir().unwrap();
        let authorized = folder.path().join("authorized_keys");
        let file = authorized.display();
        let shell = |script: String| vec!["/bin/sh".to_owned(), "-c".to_owned(), script];
        let target = SshKeyTarget {
            install: shell(format!("cat >> {file}")),
            test: shell("grep -q 'OPENSSH PRIVATE KEY'".to_owned()),
            remove: shell(format!(
                "grep -vxF \"$(cat)\" {file} > {file}.new; mv {file}.new {file}"
            )),
        };
        let name = SecretName::parse("deploy/ssh").unwrap();
        let mut lines = Vec::new();
        for version in 1..=2 {
            let made = target.generate(&name, None).await.unwrap().unwrap();
            let credential = Credential {
                version,
                username: None,
                password: made.value.clone(),
                value: made.value,
            };
            let change = Change {
                name: &name,
                credential: &credential,
                current: None,
            };
            target.set(&change).await.unwrap();
            target.test(&change).await.unwrap();
            if version == 1 {
                lines.push(std::fs::read_to_string(&authorized).unwrap());
                target.revoke(&change).await.unwrap();
            }
        }
        let left = std::fs::read_to_string(&authorized).unwrap();
        assert!(lines[0].starts_with("ssh-ed25519 AAAA"), "{}", lines[0]);
        assert!(lines[0].ends_with(" coffer:deploy/ssh@1\n"), "{}", lines[0]);
        assert!(left.ends_with(" coffer:deploy/ssh@2\n"), "{left}");
        assert_eq!(left.lines().count(), 1);
    }
}
