//! Reading the credentials of a secret's versions.

use coffer_vault::{SecretMetadata, SecretName, VersionSelector, VersionState};

use super::{Error, Result, Rotator, Round};
use crate::policy::Strategy;
use crate::target::Credential;

impl Rotator<'_> {
    /// The credential in `version`.
    pub(super) async fn credential(&self, round: &Round<'_>, version: u64) -> Result<Credential> {
        let read = self
            .store
            .get(round.name, VersionSelector::Version(version))
            .await
            .map_err(|source| Error::store("read", round.name, source))?;
        let format = round.policy.format();
        let (said, password) = format.read(&read.value).map_err(|source| Error::Value {
            name: round.name.to_string(),
            version,
            source,
        })?;
        let noted = round.state.users.get(&version).cloned();
        let username = noted.or(said).or_else(|| round.assumed_user(version));
        Ok(Credential {
            version,
            username,
            password,
            value: read.value,
        })
    }

    /// The credential in the current version; none where there is none that can be read.
    pub(super) async fn current(
        &self,
        round: &Round<'_>,
        found: &SecretMetadata,
    ) -> Result<Option<Credential>> {
        match found.current {
            None => Ok(None),
            Some(version) => self.readable(round, version).await,
        }
    }

    /// The credential in `version`; none where its value is gone or none that fits the policy.
    pub(super) async fn readable(
        &self,
        round: &Round<'_>,
        version: u64,
    ) -> Result<Option<Credential>> {
        let state = self.state_of(round.name, version).await?;
        if state != VersionState::Enabled {
            return Ok(None);
        }
        match self.credential(round, version).await {
            Ok(credential) => Ok(Some(credential)),
            Err(Error::Value { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn state_of(&self, name: &SecretName, version: u64) -> Result<VersionState> {
        self.store
            .version_metadata(name, VersionSelector::Version(version))
            .await
            .map(|found| found.state)
            .map_err(|source| Error::store("look at", name, source))
    }
}

impl Round<'_> {
    /// Whose credential a version is of which nothing is noted.
    fn assumed_user(&self, version: u64) -> Option<String> {
        let found = self.found.as_ref()?;
        match self.policy.strategy {
            Strategy::Single => self.policy.usernames.first().cloned(),
            Strategy::Alternating if found.pending == Some(version) => {
                let current = found.current.and_then(|it| self.state.users.get(&it));
                self.policy.next_user(current.map(String::as_str)).cloned()
            }
            Strategy::Alternating => self.policy.usernames.first().cloned(),
        }
    }
}
