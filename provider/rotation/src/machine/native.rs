//! Rotations that the store makes by itself: asked for, waited for, and noted.

use aws_lc_rs::digest::{SHA256, digest};
use coffer_backend::ErrorKind;
use coffer_vault::{SecretMetadata, SecretName};

use super::{Call, Demand, Done, Error, Next, Point, Result, Rotator, Round};
use crate::outlook::{Outlook, Reason};
use crate::target::aws_rotation::AwsRotation;

/// How many characters of a digest make an order repeatable.
const TOKEN_LENGTH: usize = 32;

impl Rotator<'_> {
    /// One round of a rotation that the store makes by itself.
    pub(super) async fn native(
        &self,
        round: &Round<'_>,
        found: &SecretMetadata,
        settings: &AwsRotation,
        demand: &Demand,
        call: &mut Call,
    ) -> Result<Next> {
        let name = round.name;
        let standing = self.store.native_rotation(name).await;
        let standing =
            standing.map_err(|source| Error::store("see the own rotation of", name, source))?;
        if standing.pending.is_some() {
            return Ok(self.wait(call, self.claimed_until()).await);
        }
        if call.working.is_some() && found.current == call.known {
            // It was asked for and has not begun.
            return Ok(self.wait(call, self.claimed_until()).await);
        }
        let others = matches!(demand, Demand::Now { .. })
            && call.known.is_some()
            && found.current != call.known;
        if others && call.working.is_none() {
            return Ok(Next::End(Done::ByOther {
                version: found.current.unwrap_or(found.latest),
            }));
        }
        if let Some(reason) = reason(round, found, demand, self.clock.now()) {
            return self.order(round, found, settings, &reason, call).await;
        }
        if settings.differs_from(&standing) {
            let order = settings.order(false, None);
            let ordered = self.store.rotate_natively(name, &order).await;
            ordered.map_err(|source| Error::store("set up the own rotation of", name, source))?;
        }
        Ok(Next::End(Done::Nothing))
    }

    /// Notes a rotation of its own that the store has ended.
    pub(super) async fn note_native(
        &self,
        round: &Round<'_>,
        found: &SecretMetadata,
    ) -> Result<()> {
        let mut state = round.state.clone();
        if let Some(version) = found.current {
            // What was current before is not known to the round that sees the end.
            state.finish(round, version, self.clock.now());
            state.retiring = None;
        }
        self.keep(found, &state).await
    }

    async fn order(
        &self,
        round: &Round<'_>,
        found: &SecretMetadata,
        settings: &AwsRotation,
        reason: &Reason,
        call: &mut Call,
    ) -> Result<Next> {
        call.known = found.current;
        // Whoever asks for the same rotation asks for the same version, so that two who race get one.
        let order = settings.order(true, Some(token(round.name, found.current)));
        match self.store.rotate_natively(round.name, &order).await {
            Ok(()) => {}
            Err(source) if source.kind() == ErrorKind::OutcomeUnknown => {}
            Err(source) => {
                return Err(Error::store("have the store rotate", round.name, source));
            }
        }
        call.working = Some(reason.to_string());
        self.reached(round.name, Point::Begun)?;
        Ok(Next::Round)
    }
}

/// Why the store is to rotate now.
fn reason(
    round: &Round<'_>,
    found: &SecretMetadata,
    demand: &Demand,
    now: coffer_vault::Timestamp,
) -> Option<Reason> {
    match demand {
        Demand::Resume => None,
        Demand::Now { reason, .. } => Some(reason.clone()),
        Demand::IfDue => Outlook::of(round.policy, found, &round.state, now).due,
    }
}

fn token(name: &SecretName, current: Option<u64>) -> String {
    let text = format!("{name}\n{}", current.unwrap_or_default());
    let digest = digest(&SHA256, text.as_bytes());
    let hex = digest.as_ref().iter().map(|byte| format!("{byte:02x}"));
    hex.collect::<String>().chars().take(TOKEN_LENGTH).collect()
}
