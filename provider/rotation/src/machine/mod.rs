//! The machine that rotates a secret: `pending -> set -> tested -> current`.
//!
//! Each round looks at the secret anew and does the one step that its state asks for. So going on after a crash is the
//! same code as going on after a step: nothing is remembered between rounds but what is kept with the secret.

mod begin;
mod claim;
mod credentials;
mod drift;
mod error;
mod native;
mod observer;
mod outside;
mod promote;
mod retire;
mod rollback;

use std::time::Duration;

use coffer_backend::{ErrorKind, SecretStore};
use coffer_vault::{SecretMetadata, SecretName, Timestamp};

pub use error::{Error, Result};
pub use observer::{Nobody, Observer, Point};

use crate::clock::Clock;
use crate::outlook::{Outlook, Reason};
use crate::policy::{Policy, Promotion};
use crate::state::{Run, State, Step};
use crate::target::{TargetSpec, Targets};

/// How long a step outside may take.
const STEP_TIMEOUT: Duration = Duration::from_secs(45);
/// How often somebody who waits for another's rotation looks at it.
const POLL: Duration = Duration::from_millis(200);
/// How many rounds one call makes; a rotation takes six.
const MAX_ROUNDS: usize = 40;

/// Rotates secrets of one store.
pub struct Rotator<'a> {
    store: &'a dyn SecretStore,
    targets: &'a dyn Targets,
    clock: &'a dyn Clock,
    observer: &'a dyn Observer,
    patience: Duration,
}

/// When a call rotates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Demand {
    /// If the policy says that it is due.
    IfDue,
    /// For this reason, unless the current version is already another one than `known`.
    Now {
        /// Why.
        reason: Reason,
        /// The version that was current when it was decided; `None` is the one at the beginning of the call.
        known: Option<u64>,
    },
    /// Never: only what is under way is brought to its end.
    Resume,
}

/// What a call has done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    /// Nothing was to be done.
    Nothing,
    /// A new version is current.
    Rotated {
        /// The version.
        version: u64,
        /// Why.
        reason: String,
        /// How far it was when this call took it up from an earlier one.
        resumed_at: Option<Step>,
    },
    /// Someone else has rotated it meanwhile.
    ByOther {
        /// The version that is current now.
        version: u64,
    },
    /// The new version works and waits for its promotion.
    AwaitsPromotion {
        /// The version.
        version: u64,
    },
    /// Someone else is at it.
    Busy {
        /// Until when, unless they go on.
        until: Timestamp,
    },
    /// The version before the current one has ended.
    Retired {
        /// The version.
        version: u64,
    },
}

/// What one round saw and works with.
struct Round<'r> {
    name: &'r SecretName,
    policy: &'r Policy,
    /// The secret; none where it does not exist.
    found: Option<SecretMetadata>,
    state: State,
}

/// What stays the same over the rounds of one call.
struct Call {
    /// The claim's id of this call.
    id: String,
    /// The version that was current when it was decided to rotate.
    known: Option<u64>,
    /// How far it was when this call took it up.
    resumed_at: Option<Step>,
    /// Why it is rotated, once this call has begun a rotation or taken one up.
    working: Option<String>,
    /// A version that this call has ended.
    retired: Option<u64>,
    /// Whether the current credential has been tried.
    tried: bool,
    /// How long it has waited for others.
    waited: Duration,
}

/// What comes after a round.
enum Next {
    Round,
    /// A round after a wait for somebody else, which does not count.
    Wait,
    End(Done),
}

impl<'a> Rotator<'a> {
    /// Rotates secrets of `store`.
    #[must_use]
    pub fn new(
        store: &'a dyn SecretStore,
        targets: &'a dyn Targets,
        clock: &'a dyn Clock,
        observer: &'a dyn Observer,
    ) -> Self {
        let patience = Duration::from_secs(30);
        Self {
            store,
            targets,
            clock,
            observer,
            patience,
        }
    }

    /// Waits for so long for somebody else who is at the same rotation. 30 seconds unless set.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Brings the rotation of `name` to its end, by `policy`: what is under way first, then what has ended, then what is
    /// due or asked for. Two calls that race rotate once.
    ///
    /// # Errors
    /// [`Error`]. Whatever it is, the next call goes on where this one stopped.
    pub async fn rotate(
        &self,
        name: &SecretName,
        policy: &Policy,
        demand: &Demand,
    ) -> Result<Done> {
        let mut call = Call::new(demand)?;
        let mut rounds = 0_usize;
        if let Demand::Now { known: None, .. } = demand {
            let seen = self.look(name, policy).await?;
            call.known = seen.found.as_ref().and_then(|found| found.current);
        }
        while rounds < MAX_ROUNDS {
            rounds = rounds.saturating_add(1);
            let seen = self.look(name, policy).await?;
            match self.round(&seen, demand, &mut call).await {
                Ok(Next::Round) => {}
                Ok(Next::Wait) => rounds = rounds.saturating_sub(1),
                Ok(Next::End(done)) => return Ok(done),
                // Somebody else was faster, or nobody knows what came of it: the next round sees.
                Err(Error::Store { source, .. })
                    if [ErrorKind::Conflict, ErrorKind::OutcomeUnknown]
                        .contains(&source.kind()) => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::Restless {
            name: name.to_string(),
        })
    }

    async fn look<'r>(&self, name: &'r SecretName, policy: &'r Policy) -> Result<Round<'r>> {
        let (found, state) = match self.store.metadata(name).await {
            Ok(found) => {
                let state = State::of(&found)?;
                (Some(found), state)
            }
            Err(error) if error.is_missing_secret() => (None, State::default()),
            Err(source) => return Err(Error::store("look at", name, source)),
        };
        Ok(Round {
            name,
            policy,
            found,
            state,
        })
    }

    async fn round(&self, round: &Round<'_>, demand: &Demand, call: &mut Call) -> Result<Next> {
        let Some(found) = &round.found else {
            return match demand {
                Demand::Now { reason, .. } => self.begin(round, reason, call).await,
                _ => Ok(Next::End(Done::Nothing)),
            };
        };
        let now = self.clock.now();
        if let Some(reason) = call.working.clone()
            && round.state.run.is_none()
            && let Some(version) = found.current
            && found.current != call.known
        {
            let resumed_at = call.resumed_at;
            if round.policy.is_native() {
                self.note_native(round, found).await?;
            }
            return Ok(Next::End(Done::Rotated {
                version,
                reason,
                resumed_at,
            }));
        }
        if let Some(TargetSpec::AwsRotation(settings)) = &round.policy.target {
            return self.native(round, found, settings, demand, call).await;
        }
        if let Some(pending) = found.pending {
            return self.go_on(round, found, pending, call).await;
        }
        if round.state.run.is_some() {
            // Its version was promoted or dropped by hand.
            let mut state = round.state.clone();
            state.run = None;
            self.keep(found, &state).await?;
            return Ok(Next::Round);
        }
        let outlook = Outlook::of(round.policy, found, &round.state, now);
        if let Some(version) = outlook.retires {
            self.retire(round, found, version).await?;
            call.retired = Some(version);
            return Ok(Next::Round);
        }
        let reason = match demand {
            Demand::Resume => None,
            Demand::Now { .. } if call.known.is_some() && found.current != call.known => {
                return Ok(Next::End(Done::ByOther {
                    version: found.current.unwrap_or(found.latest),
                }));
            }
            Demand::Now { reason, .. } => Some(reason.clone()),
            Demand::IfDue => match outlook.due {
                Some(reason) => Some(reason),
                None => self.drift(round, found, call).await?,
            },
        };
        match reason {
            Some(reason) => {
                // Whoever comes second sees that the version is another one than that which was due.
                call.known = found.current;
                let begun = self.begin(round, &reason, call).await;
                if let Err(error) = &begun {
                    self.note_not_begun(round, error).await;
                }
                begun
            }
            None => {
                Ok(Next::End(call.retired.map_or(Done::Nothing, |version| {
                    Done::Retired { version }
                })))
            }
        }
    }

    /// Does the next step of a rotation that is under way.
    async fn go_on(
        &self,
        round: &Round<'_>,
        found: &SecretMetadata,
        pending: u64,
        call: &mut Call,
    ) -> Result<Next> {
        let now = self.clock.now();
        let waits = round.policy.promotion == Promotion::Deferred;
        let mine = |run: &&Run| run.claim.as_ref().is_some_and(|it| it.id == call.id);
        let run = round
            .state
            .run
            .as_ref()
            .filter(|run| run.version == pending);
        let done = run.is_some_and(|run| run.step == Step::Tested);
        if waits && (done || round.policy.target.is_none()) {
            if let Some(run) = run.filter(mine) {
                self.release(found, &round.state, run).await?;
            }
            return Ok(Next::End(Done::AwaitsPromotion { version: pending }));
        }
        if let Some(claim) = run.and_then(|run| run.claim.as_ref())
            && claim.id != call.id
            && claim.holds(now)
        {
            return Ok(self.wait(call, claim.until).await);
        }
        let Some(run) = run.filter(mine) else {
            return self.claim(round, found, pending, call).await;
        };
        match run.step {
            Step::Pending => self.set(round, found, run, call).await,
            Step::Set => self.test(round, found, run, call).await,
            Step::Tested => self.promote(round, found, pending).await,
        }
    }

    /// Waits a while for somebody else, who has until `until`.
    async fn wait(&self, call: &mut Call, until: Timestamp) -> Next {
        if call.waited >= self.patience {
            return Next::End(Done::Busy { until });
        }
        tokio::time::sleep(POLL).await;
        call.waited = call.waited.saturating_add(POLL);
        Next::Wait
    }

    /// Keeps `state`, if the secret is still as `found`.
    async fn keep(&self, found: &SecretMetadata, state: &State) -> Result<()> {
        self.store
            .update(&found.name, state.change(found))
            .await
            .map(drop)
            .map_err(|source| Error::store("note the rotation of", &found.name, source))
    }

    /// Disables a version, where the store can.
    async fn disable(&self, name: &SecretName, version: u64) -> Result<()> {
        if !self.store.capabilities().disable.works() {
            return Ok(());
        }
        self.store
            .set_enabled(name, version, false)
            .await
            .map(drop)
            .map_err(|source| Error::store("disable a version of", name, source))
    }

    /// Tells the observer; ends the call where it says so.
    fn reached(&self, name: &SecretName, point: Point) -> Result<()> {
        if self.observer.reached(name, point).is_break() {
            return Err(Error::Interrupted { point });
        }
        Ok(())
    }
}

impl Call {
    fn new(demand: &Demand) -> Result<Self> {
        let known = match demand {
            Demand::Now { known, .. } => *known,
            Demand::IfDue | Demand::Resume => None,
        };
        Ok(Self {
            id: random_id()?,
            known,
            resumed_at: None,
            working: None,
            retired: None,
            tried: false,
            waited: Duration::ZERO,
        })
    }
}

fn random_id() -> Result<String> {
    let mut bytes = [0_u8; 8];
    getrandom::fill(&mut bytes).map_err(|error| Error::Random(error.to_string()))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
