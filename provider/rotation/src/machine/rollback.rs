//! Undoing a rotation whose new credential the system refuses.

use coffer_vault::{SecretMetadata, Stage};

use super::{Error, Result, Rotator, Round};
use crate::policy::Strategy;
use crate::state::{Run, State, Step};
use crate::target::{Change, Credential, TargetError};

impl Rotator<'_> {
    /// Puts the old credential back and drops the new version. Gives the error that the call ends with.
    ///
    /// The system comes first: a crash in between leaves the new version pending, and the next call sets it anew.
    pub(super) async fn roll_back(
        &self,
        round: &Round<'_>,
        found: &SecretMetadata,
        run: &Run,
        mut state: State,
        source: TargetError,
    ) -> Result<Error> {
        let (name, version, step) = (round.name.to_string(), run.version, run.step);
        // A system that refused to set it has changed nothing.
        if step != Step::Pending
            && let Err(rollback) = self.restore(round, found, run).await?
        {
            self.release(found, &state, run).await?;
            return Ok(Error::NotRolledBack {
                name,
                version,
                step,
                source,
                rollback: Box::new(rollback),
            });
        }
        let found = self
            .store
            .unstage(round.name, Stage::Pending)
            .await
            .map_err(|error| Error::store("drop the pending version of", round.name, error))?;
        state.run = None;
        state.users.remove(&version);
        self.keep(&found, &state).await?;
        self.disable(round.name, version).await?;
        Ok(Error::RolledBack {
            name,
            version,
            source,
        })
    }

    /// Sets the credential again that the user of the new version had before.
    async fn restore(
        &self,
        round: &Round<'_>,
        found: &SecretMetadata,
        run: &Run,
    ) -> Result<Result<(), TargetError>> {
        let before = match round.policy.strategy {
            Strategy::Single => found.current,
            Strategy::Alternating => found.previous,
        };
        let Some(target) = self.target(round, run.step).await? else {
            return Ok(Ok(()));
        };
        let old: Option<Credential> = match before {
            Some(version) => self.readable(round, version).await?,
            None => None,
        };
        let Some(old) = old else {
            return Ok(Ok(()));
        };
        let change = Change {
            name: round.name,
            credential: &old,
            current: None,
        };
        let restored = self.within_time(target.set(&change)).await;
        if restored.is_err() {
            return Ok(restored);
        }
        Ok(self.within_time(target.test(&change)).await)
    }
}
