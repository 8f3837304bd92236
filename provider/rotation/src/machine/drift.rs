//! Credentials that were changed beside the rotation.

use coffer_vault::{SecretMetadata, SecretName};

use super::{Call, Result, Rotator, Round};
use crate::outlook::Reason;
use crate::policy::Policy;
use crate::state::Step;
use crate::target::Change;

impl Rotator<'_> {
    /// Tries the current credential of `name`: a reason to rotate where the system refuses it.
    ///
    /// # Errors
    /// Where it could not be tried.
    pub async fn detect_drift(&self, name: &SecretName, policy: &Policy) -> Result<Option<Reason>> {
        let round = self.look(name, policy).await?;
        match &round.found {
            Some(found) => self.try_current(&round, found).await,
            None => Ok(None),
        }
    }

    /// The same, where the policy asks for it, once in a call.
    pub(super) async fn drift(
        &self,
        round: &Round<'_>,
        found: &SecretMetadata,
        call: &mut Call,
    ) -> Result<Option<Reason>> {
        if !round.policy.detect_drift || std::mem::replace(&mut call.tried, true) {
            return Ok(None);
        }
        self.try_current(round, found).await
    }

    async fn try_current(
        &self,
        round: &Round<'_>,
        found: &SecretMetadata,
    ) -> Result<Option<Reason>> {
        let Some(target) = self.target(round, Step::Pending).await? else {
            return Ok(None);
        };
        let Some(current) = self.current(round, found).await? else {
            return Ok(None);
        };
        let change = Change {
            name: round.name,
            credential: &current,
            current: Some(&current),
        };
        match self.within_time(target.test(&change)).await {
            Ok(()) => Ok(None),
            Err(error) if error.is_refusal() => Ok(Some(Reason::Drift {
                why: error.to_string(),
            })),
            Err(source) => Err(round.stopped(Step::Pending, source)),
        }
    }
}
