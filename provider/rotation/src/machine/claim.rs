//! Who is at a rotation.

use coffer_vault::{SecretMetadata, SignedDuration, Timestamp};

use super::{Call, Next, Result, Rotator, Round};
use crate::state::{Claim, Run, State, Step};

/// For how long a claim keeps others away. Longer than a step may take, so that it does not end within one.
const CLAIM: SignedDuration = SignedDuration::from_mins(2);
impl Rotator<'_> {
    /// Takes up a rotation that nobody is at.
    pub(super) async fn claim(
        &self,
        round: &Round<'_>,
        found: &SecretMetadata,
        pending: u64,
        call: &mut Call,
    ) -> Result<Next> {
        let mut state = round.state.clone();
        let claim = Claim::new(call.id.clone(), self.claimed_until());
        let run = match state.run.take().filter(|run| run.version == pending) {
            Some(run) => Run {
                claim: Some(claim),
                ..run
            },
            // Stored by hand, or by a store that keeps a version and its annotations in two writes.
            None => Run {
                version: pending,
                step: Step::Pending,
                started: self.clock.now(),
                reason: "A pending version was found.".to_owned(),
                claim: Some(claim),
            },
        };
        call.working = Some(run.reason.clone());
        call.resumed_at = Some(run.step);
        call.known = found.current;
        state.run = Some(run);
        self.keep(found, &state).await?;
        Ok(Next::Round)
    }

    /// Lets go of a rotation, so that the next one need not wait for the claim to end.
    pub(super) async fn release(
        &self,
        found: &SecretMetadata,
        state: &State,
        run: &Run,
    ) -> Result<()> {
        let mut state = state.clone();
        state.run = Some(Run {
            claim: None,
            ..run.clone()
        });
        self.keep(found, &state).await
    }

    /// When a claim that begins now ends, unless it is renewed.
    pub(super) fn claimed_until(&self) -> Timestamp {
        self.clock
            .now()
            .saturating_add(CLAIM)
            .unwrap_or(Timestamp::MAX)
    }
}
