//! The environment as a store: read-only, for development and for pipelines that hand secrets over that way.

use async_trait::async_trait;
use coffer_vault::{
    MetadataChange, PutRequest, SecretMetadata, SecretName, SecretVersion, Stage, Timestamp,
    VersionMetadata, VersionSelector,
};

use crate::capabilities::{Capabilities, Support};
use crate::environment::{EnvironmentError, EnvironmentSecret, terraform_twin};
use crate::error::{Error, Result};
use crate::store::SecretStore;

/// The system's name in errors.
const SYSTEM: &str = "the environment";
/// What to do instead of writing.
const ELSEWHERE: &str =
    "set the variable where the program is started, or keep the secret in another store";

/// Secrets in environment variables. The one version that a secret has is 1, and its age is unknown: it counts from
/// now.
pub struct EnvStore {
    prefix: String,
    allowed: Vec<String>,
    files: bool,
}

impl EnvStore {
    /// Variables whose names begin with `prefix`, which stands in no secret's name. `allowed` are patterns of the names
    /// of variables, with `*` for any text; without any, all are. `files` says whether `NAME_FILE` counts.
    pub fn new(prefix: String, allowed: Vec<String>, files: bool) -> Self {
        Self {
            prefix,
            allowed,
            files,
        }
    }

    /// The variable of the secret `name`: in capitals, with `_` for everything but letters and digits.
    pub fn variable(&self, name: &SecretName) -> String {
        let name = name.as_str().chars().map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_uppercase()
            } else {
                '_'
            }
        });
        self.prefix.chars().chain(name).collect()
    }

    /// A warning for the secret `name`: its value is in a Terraform input variable, too.
    pub fn caveat(&self, name: &SecretName) -> Option<String> {
        let variable = self.variable(name);
        terraform_twin(&variable).map(|twin| {
            format!(
                "{twin} is set as well: Terraform reads it into an input variable, from where the value may reach a plan \
                 or the state. Unset it, or declare the variable as ephemeral."
            )
        })
    }

    fn read(&self, name: &SecretName) -> Result<SecretVersion> {
        let variable = self.variable(name);
        let allowed = self.allowed.is_empty()
            || self
                .allowed
                .iter()
                .any(|pattern| matches_pattern(pattern, &variable));
        if !allowed {
            return Err(Error::Denied {
                system: SYSTEM,
                said: format!("the variable {variable} is none of those that `allow` names"),
            });
        }
        let suffix = if self.files { "_FILE" } else { "" };
        let read = EnvironmentSecret::read(&variable, suffix, false);
        match read.map_err(|error| refused(&error))? {
            Some(found) => Ok(SecretVersion::new(found.value, only_version(name))),
            None => Err(Error::NotFound {
                system: SYSTEM,
                name: name.clone(),
            }),
        }
    }
}

fn refused(error: &EnvironmentError) -> Error {
    Error::Invalid {
        system: SYSTEM,
        said: error.to_string(),
    }
}

fn only_version(name: &SecretName) -> VersionMetadata {
    let mut version = VersionMetadata::new(name.clone(), 1, Timestamp::now());
    version.stages.push(Stage::Current);
    version
}

/// Whether `text` is what `pattern` says, in which `*` stands for any text.
fn matches_pattern(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        match text.split_once(part) {
            Some((_, rest)) => text = rest,
            None => return false,
        }
    }
    text.ends_with(last)
}

fn unsupported<T>(what: &'static str) -> Result<T> {
    Err(Error::Unsupported {
        system: SYSTEM,
        what,
        instead: ELSEWHERE,
    })
}

#[async_trait]
impl SecretStore for EnvStore {
    fn kind(&self) -> &'static str {
        "env"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            // A file's bytes are taken as they are.
            binary: if self.files {
                Support::Native
            } else {
                Support::Missing
            },
            ..Capabilities::NONE
        }
    }

    fn caveat(&self, name: &SecretName) -> Option<String> {
        Self::caveat(self, name)
    }

    async fn get(&self, name: &SecretName, which: VersionSelector) -> Result<SecretVersion> {
        self.version_metadata(name, which).await?;
        self.read(name)
    }

    async fn put(&self, _: &SecretName, _: PutRequest) -> Result<VersionMetadata> {
        unsupported("be written")
    }

    async fn metadata(&self, name: &SecretName) -> Result<SecretMetadata> {
        self.read(name)?;
        let mut found = SecretMetadata::new(name.clone(), Timestamp::now());
        found.latest = 1;
        found.current = Some(1);
        Ok(found)
    }

    async fn version_metadata(
        &self,
        name: &SecretName,
        which: VersionSelector,
    ) -> Result<VersionMetadata> {
        match which {
            VersionSelector::Current
            | VersionSelector::Version(1)
            | VersionSelector::Stage(Stage::Current) => {
                self.read(name)?;
                Ok(only_version(name))
            }
            selector => Err(Error::NoSuchVersion {
                system: SYSTEM,
                name: name.clone(),
                selector,
            }),
        }
    }

    async fn versions(&self, name: &SecretName) -> Result<Vec<VersionMetadata>> {
        Ok(vec![
            self.version_metadata(name, VersionSelector::Current)
                .await?,
        ])
    }

    async fn list(&self, _: &str) -> Result<Vec<SecretMetadata>> {
        Err(Error::Unsupported {
            system: SYSTEM,
            what: "tell which of its variables are secrets",
            instead: "name the secrets",
        })
    }

    async fn update(&self, _: &SecretName, _: MetadataChange) -> Result<SecretMetadata> {
        unsupported("keep metadata")
    }

    async fn promote(&self, _: &SecretName, _: u64, _: MetadataChange) -> Result<SecretMetadata> {
        unsupported("keep versions")
    }

    async fn unstage(&self, _: &SecretName, _: Stage) -> Result<SecretMetadata> {
        unsupported("keep versions")
    }

    async fn set_enabled(&self, _: &SecretName, _: u64, _: bool) -> Result<VersionMetadata> {
        unsupported("keep versions")
    }

    async fn destroy(&self, _: &SecretName, _: &[u64]) -> Result<Vec<VersionMetadata>> {
        unsupported("be written")
    }

    async fn delete(&self, _: &SecretName, _: Timestamp) -> Result<SecretMetadata> {
        unsupported("be written")
    }

    async fn restore(&self, _: &SecretName) -> Result<SecretMetadata> {
        unsupported("be written")
    }

    async fn purge(&self, _: &SecretName) -> Result<()> {
        unsupported("be written")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    fn name(text: &str) -> SecretName {
        SecretName::parse(text).unwrap()
    }

    #[test]
    fn a_secret_has_a_variable_of_its_name() {
        let store = EnvStore::new("APP_".to_owned(), Vec::new(), true);
        assert_eq!(store.variable(&name("prod/db-admin")), "APP_PROD_DB_ADMIN");
    }

    #[tokio::test]
    async fn a_variable_is_read_and_never_written() {
        // Set by cargo for every test.
        let store = EnvStore::new(String::new(), Vec::new(), false);
        let read = store
            .get(&name("cargo/pkg/name"), VersionSelector::Current)
            .await
            .unwrap();
        assert_eq!(read.value.danger_expose(), b"coffer-backend");
        let put = PutRequest::new(coffer_vault::Secret::copy_from(b"fake"));
        let refused = store.put(&name("cargo/pkg/name"), put).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Unsupported);
        let missing = store.metadata(&name("coffer/no/such")).await.unwrap_err();
        assert!(missing.is_missing_secret());
    }

    #[tokio::test]
    async fn a_variable_that_is_not_allowed_is_not_read() {
        let store = EnvStore::new(String::new(), vec!["APP_*".to_owned()], false);
        let denied = store.metadata(&name("cargo/pkg/name")).await.unwrap_err();
        assert_eq!(denied.kind(), ErrorKind::Denied);
    }

    #[test]
    fn a_star_stands_for_any_text() {
        assert!(matches_pattern("APP_*", "APP_DB"));
        assert!(matches_pattern("*_DB", "APP_DB"));
        assert!(matches_pattern("A*_*B", "APP_X_DB"));
        assert!(matches_pattern("APP", "APP"));
        assert!(!matches_pattern("APP", "APP_DB"));
        assert!(!matches_pattern("A*A", "A"));
        assert!(!matches_pattern("APP_*", "MY_APP_DB"));
    }
}
