//! The steps that change and try the system outside.

use std::future::Future;

use coffer_vault::{SecretMetadata, Timestamp};

use super::{Call, Error, Next, Point, Result, Rotator, Round, STEP_TIMEOUT};
use crate::policy::OnFailure;
use crate::state::{Claim, Failure, Run, State, Step};
use crate::target::{Change, TargetError};

impl Rotator<'_> {
    /// Has the system accept the new credential.
    pub(super) async fn set(
        &self,
        round: &Round<'_>,
        found: &SecretMetadata,
        run: &Run,
        call: &Call,
    ) -> Result<Next> {
        let target = match self.open(round).await {
            Ok(target) => target,
            Err(source) => return Err(self.failed(round, found, run, source).await?),
        };
        if let Some(target) = target {
            let pending = self.credential(round, run.version).await?;
            let current = self.current(round, found).await?;
            let change = Change {
                name: round.name,
                credential: &pending,
                current: current.as_ref(),
            };
            if let Err(source) = self.within_time(target.set(&change)).await {
                return Err(self.failed(round, found, run, source).await?);
            }
            self.reached(round.name, Point::Changed)?;
        }
        self.advance(round, found, run, Step::Set, call).await?;
        self.reached(round.name, Point::Set)?;
        Ok(Next::Round)
    }

    /// Tries whether the system accepts the new credential.
    pub(super) async fn test(
        &self,
        round: &Round<'_>,
        found: &SecretMetadata,
        run: &Run,
        call: &Call,
    ) -> Result<Next> {
        let target = match self.open(round).await {
            Ok(target) => target,
            Err(source) => return Err(self.failed(round, found, run, source).await?),
        };
        if let Some(target) = target {
            let pending = self.credential(round, run.version).await?;
            let change = Change {
                name: round.name,
                credential: &pending,
                current: None,
            };
            if let Err(source) = self.within_time(target.test(&change)).await {
                return Err(self.failed(round, found, run, source).await?);
            }
            self.reached(round.name, Point::Accepted)?;
        }
        self.advance(round, found, run, Step::Tested, call).await?;
        self.reached(round.name, Point::Tested)?;
        Ok(Next::Round)
    }

    /// Notes that a step is done, and renews the claim.
    async fn advance(
        &self,
        round: &Round<'_>,
        found: &SecretMetadata,
        run: &Run,
        step: Step,
        call: &Call,
    ) -> Result<()> {
        let mut state = round.state.clone();
        state.run = Some(Run {
            step,
            claim: Some(Claim::new(call.id.clone(), self.claimed_until())),
            ..run.clone()
        });
        self.keep(found, &state).await
    }

    /// Notes a failure and lets go of the rotation, or undoes it. Gives the error that the call ends with.
    async fn failed(
        &self,
        round: &Round<'_>,
        found: &SecretMetadata,
        run: &Run,
        source: TargetError,
    ) -> Result<Error> {
        let mut state = round.state.clone();
        state.fail(self.clock.now(), run.version, run.step, &source);
        if round.policy.on_failure == OnFailure::Rollback && source.is_refusal() {
            return self.roll_back(round, found, run, state, source).await;
        }
        self.release(found, &state, run).await?;
        Ok(round.stopped(run.step, source))
    }

    /// Notes that a rotation could not even be begun, so that its status shows it.
    pub(super) async fn note_not_begun(&self, round: &Round<'_>, error: &Error) {
        if let (
            Some(found),
            Error::NotBegun {
                version, source, ..
            },
        ) = (&round.found, error)
        {
            let mut state = round.state.clone();
            state.fail(self.clock.now(), *version, Step::Pending, source);
            // The error itself matters more; the next run notes it again.
            let _ = self.keep(found, &state).await;
        }
    }

    /// Waits for a step outside, but not for ever.
    pub(super) async fn within_time<T>(
        &self,
        step: impl Future<Output = Result<T, TargetError>>,
    ) -> Result<T, TargetError> {
        match tokio::time::timeout(STEP_TIMEOUT, step).await {
            Ok(result) => result,
            Err(_) => Err(TargetError::NoAnswer {
                system: "the target".to_owned(),
                why: format!("it took longer than {} seconds", STEP_TIMEOUT.as_secs()),
            }),
        }
    }
}

impl Round<'_> {
    /// The error of a step that the target did not do.
    pub(super) fn stopped(&self, step: Step, source: TargetError) -> Error {
        let pending = self.state.run.as_ref().map(|run| run.version);
        let latest = self.found.as_ref().map_or(0, |found| found.latest);
        match pending {
            Some(version) => Error::Stopped {
                name: self.name.to_string(),
                version,
                step,
                source,
            },
            None => Error::NotBegun {
                name: self.name.to_string(),
                version: latest.saturating_add(1),
                source,
            },
        }
    }
}

impl State {
    /// Notes a failed attempt.
    pub(super) fn fail(&mut self, at: Timestamp, version: u64, step: Step, why: &TargetError) {
        let attempts = self.failure.as_ref().map_or(0, |it| it.attempts);
        self.failure = Some(Failure {
            at,
            version,
            step,
            why: why.to_string(),
            attempts: attempts.saturating_add(1),
        });
    }
}
