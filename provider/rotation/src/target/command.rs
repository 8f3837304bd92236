//! Any system that a program of yours can change.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::process::{check, run};
use super::{Change, Target, TargetError};

/// The programs that change, try and revoke a credential.
///
/// Each gets the password on its standard input and nowhere else, and `COFFER_ROTATION_STEP` (`set`, `test`, `revoke`),
/// `COFFER_ROTATION_NAME`, `COFFER_ROTATION_VERSION` and `COFFER_ROTATION_USERNAME` in its environment. It may be run
/// again with the same version. It ends with 0 where it is done, with 1 where the system refuses it and nothing was
/// changed, and with anything else where it cannot tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommandTarget {
    /// Has the system accept the password.
    pub set: Vec<String>,
    /// Tries the password; it counts as accepted without.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub test: Vec<String>,
    /// Has the system accept the password no more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revoke: Vec<String>,
}

impl CommandTarget {
    /// Refuses settings that cannot be meant.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn check(&self) -> Result<(), String> {
        check("set", &self.set)
    }
}

#[async_trait]
impl Target for CommandTarget {
    async fn set(&self, change: &Change<'_>) -> Result<(), TargetError> {
        run("set", &self.set, &change.credential.password, change).await
    }

    async fn test(&self, change: &Change<'_>) -> Result<(), TargetError> {
        run("test", &self.test, &change.credential.password, change).await
    }

    async fn revoke(&self, change: &Change<'_>) -> Result<(), TargetError> {
        run("revoke", &self.revoke, &change.credential.password, change).await
    }
}

#[cfg(test)]
mod tests {
    use coffer_vault::{Secret, SecretName};

    use super::*;
    use crate::target::Credential;

    fn shell(script: &str) -> Vec<String> {
        ["/bin/sh", "-c", script].map(str::to_owned).to_vec()
    }

    async fn set(script: &str) -> Result<(), TargetError> {
        let target = CommandTarget {
            set: shell(script),
            ..CommandTarget::default()
        };
        let credential = Credential {
            version: 7,
            username: Some("app".into()),
            password: Secret::copy_from(b"fake-new-password"),
            value: Secret::copy_from(b"fake-new-password"),
        };
        let change = Change {
            name: &SecretName::parse("prod/app").unwrap(),
            credential: &credential,
            current: None,
        };
        target.set(&change).await
    }

    #[tokio::test]
    async fn the_value_is_on_standard_input_and_whose_it_is_in_the_environment() {
        let script = "test \"$(cat)\" = fake-new-password && \
                      test \"$COFFER_ROTATION_STEP $COFFER_ROTATION_NAME $COFFER_ROTATION_VERSION $COFFER_ROTATION_USERNAME\" = 'set prod/app 7 app' && \
                      ! env | grep -q fake-new-password";
        assert_eq!(set(script).await, Ok(()));
        assert_eq!(set("exec true").await, Ok(()), "one that reads nothing");
    }

    #[tokio::test]
    async fn the_exit_code_tells_a_refusal_from_no_answer_and_nothing_printed_is_repeated() {
        let refused = set("cat >&2; exit 1").await.unwrap_err();
        assert!(refused.is_refusal(), "{refused}");
        assert!(!refused.to_string().contains("fake-new"));
        for script in ["exit 2", "kill -9 $$"] {
            let error = set(script).await.unwrap_err();
            assert!(matches!(error, TargetError::NoAnswer { .. }), "{error}");
        }
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_is_told() {
        let target = CommandTarget {
            set: vec!["/nowhere/program".into()],
            ..CommandTarget::default()
        };
        assert_eq!(target.check(), Ok(()));
        assert!(CommandTarget::default().check().is_err());
    }
}
