//! Making the new version current.

use coffer_vault::{SecretMetadata, SecretName};

use super::{Error, Next, Point, Result, Rotator, Round};
use crate::policy::Policy;

impl Rotator<'_> {
    /// Makes the pending version current and notes it in the same write.
    pub(super) async fn promote(
        &self,
        round: &Round<'_>,
        found: &SecretMetadata,
        pending: u64,
    ) -> Result<Next> {
        // Its user has another password by now, or its time ends early: either way it is of no use any more.
        if let Some(retiring) = round.state.retiring
            && Some(retiring.version) != found.current
        {
            self.disable(round.name, retiring.version).await?;
            // Which has changed the secret's revision.
            let mut state = round.state.clone();
            state.retiring = None;
            let found = self.store.metadata(round.name).await;
            let found = found.map_err(|source| Error::store("look at", round.name, source))?;
            if found.pending == Some(pending) {
                self.keep(&found, &state).await?;
            }
            return Ok(Next::Round);
        }
        let mut state = round.state.clone();
        state.finish(round, pending, self.clock.now());
        let change = state.change(found);
        self.store
            .promote(round.name, pending, change)
            .await
            .map_err(|source| Error::store("make a version current of", round.name, source))?;
        self.reached(round.name, Point::Current)?;
        Ok(Next::Round)
    }

    /// Makes `version` current, which waits for its promotion. One that is current already stays so.
    ///
    /// # Errors
    /// [`Error::Store`] where there is no such version; what the store says.
    pub async fn promote_version(
        &self,
        name: &SecretName,
        policy: &Policy,
        version: u64,
    ) -> Result<()> {
        let round = self.look(name, policy).await?;
        match &round.found {
            Some(found) if found.current == Some(version) => Ok(()),
            Some(found) => {
                let mut state = round.state.clone();
                state.finish(&round, version, self.clock.now());
                let change = state.change(found);
                let promoted = self.store.promote(name, version, change).await;
                promoted
                    .map(drop)
                    .map_err(|source| Error::store("make a version current of", name, source))
            }
            // The store says best that there is none.
            None => {
                let missing = self.store.metadata(name).await;
                missing
                    .map(drop)
                    .map_err(|source| Error::store("look at", name, source))
            }
        }
    }
}
