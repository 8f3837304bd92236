//! Ending the version before the current one, once its time is over.

use coffer_vault::SecretMetadata;

use super::{Error, Point, Result, Rotator, Round};
use crate::state::Step;
use crate::target::Change;

impl Rotator<'_> {
    /// Has the system accept `version` no more, disables it in the store, and notes that.
    pub(super) async fn retire(
        &self,
        round: &Round<'_>,
        found: &SecretMetadata,
        version: u64,
    ) -> Result<()> {
        let target = self.target(round, Step::Pending).await?;
        let old = self.readable(round, version).await?;
        if let (Some(target), Some(old)) = (target, old) {
            let current = self.current(round, found).await?;
            let change = Change {
                name: round.name,
                credential: &old,
                current: current.as_ref(),
            };
            let revoked = self.within_time(target.revoke(&change)).await;
            revoked.map_err(|source| Error::NotRetired {
                name: round.name.to_string(),
                version,
                source,
            })?;
            self.reached(round.name, Point::Revoked)?;
        }
        self.disable(round.name, version).await?;
        let now = self.store.metadata(round.name).await;
        let now = now.map_err(|source| Error::store("look at", round.name, source))?;
        // Someone who was faster has noted it, too.
        let mut state = round.state.clone();
        if now.current == found.current && now.pending == found.pending {
            state.retiring = None;
            state.keep_users(&[now.current]);
            self.keep(&now, &state).await?;
        }
        self.reached(round.name, Point::Retired)
    }
}
