//! Whether a secret is to be rotated, and when next: from metadata alone.

use std::fmt;

use coffer_vault::{SecretMetadata, Timestamp};

use crate::policy::{Policy, Promotion};
use crate::schedule::Due;
use crate::state::{State, Step};

/// Why a secret is rotated. The text is a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The current version has been in use for long enough.
    Schedule {
        /// Since when it is current.
        since: Timestamp,
        /// What says so.
        rule: String,
    },
    /// The current version ends soon.
    Expires {
        /// When.
        at: Timestamp,
    },
    /// Someone marked the current version as exposed.
    Exposed {
        /// In whose words.
        why: String,
    },
    /// The system does not accept the current credential any more.
    Drift {
        /// The system's word.
        why: String,
    },
    /// A keeper has changed.
    Keepers,
    /// It was asked for with the creation.
    Immediately,
    /// The secret has no version yet.
    First,
    /// Somebody asked for it.
    Asked,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Schedule { since, rule } => {
                write!(
                    f,
                    "The current version is in use since {since:.0}, and {rule}."
                )
            }
            Self::Expires { at } => write!(f, "The current version is valid until {at:.0}."),
            Self::Exposed { why } => {
                write!(f, "The current version was marked as exposed ({why}).")
            }
            Self::Drift { why } => {
                write!(f, "The current credential is not accepted any more: {why}.")
            }
            Self::Keepers => f.write_str("keepers have changed."),
            Self::Immediately => f.write_str("rotate_immediately is set."),
            Self::First => f.write_str("The secret has no version yet."),
            Self::Asked => f.write_str("It was asked for."),
        }
    }
}

/// How a secret stands with its rotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlook {
    /// Why it is due now.
    pub due: Option<Reason>,
    /// Since when it is due by its schedule.
    pub due_since: Option<Timestamp>,
    /// When it is due next, or has become due.
    pub next: Option<Timestamp>,
    /// How far the rotation is that is under way.
    pub under_way: Option<Step>,
    /// The new version waits for its promotion.
    pub awaits_promotion: bool,
    /// The version before the current one ends now.
    pub retires: Option<u64>,
}

impl Outlook {
    /// How the secret `found`, whose rotation is as in `state`, stands with `policy` at `now`.
    #[must_use]
    pub fn of(policy: &Policy, found: &SecretMetadata, state: &State, now: Timestamp) -> Self {
        let pending = found.pending;
        let run = state
            .run
            .as_ref()
            .filter(|run| pending == Some(run.version));
        let step = match (run, pending) {
            (Some(run), _) => Some(run.step),
            (None, Some(_)) => Some(Step::Pending),
            (None, None) => None,
        };
        let is_ready = step == Some(Step::Tested) || policy.target.is_none();
        let awaits_promotion =
            policy.promotion == Promotion::Deferred && step.is_some() && is_ready;
        let mut outlook = Self {
            due: None,
            due_since: None,
            next: None,
            under_way: step.filter(|_| !awaits_promotion),
            awaits_promotion,
            retires: state
                .retiring
                .filter(|it| it.until <= now)
                .map(|it| it.version),
        };
        if let Some(last) = state.current_since(found) {
            outlook.next = policy.timing.next_after(last);
            if step.is_none() {
                outlook.judge(policy, last, now);
            }
        }
        if step.is_none()
            && let Some(expires) = found.expires
            && let Some(early) = policy.target.as_ref().and_then(|it| it.renew_before())
        {
            outlook.judge_end(early.before(expires), expires, policy, now);
        }
        if step.is_none() {
            if let Some(exposure) = state.exposure(found).filter(|_| policy.rotate_on_exposure) {
                outlook.due = Some(Reason::Exposed {
                    why: exposure.why.clone(),
                });
                outlook.due_since = Some(exposure.at);
            } else if found.current.is_none() {
                outlook.due = Some(Reason::First);
            }
        }
        outlook
    }

    /// A value that ends by itself is replaced from `renewal` on, unless its schedule was earlier.
    fn judge_end(
        &mut self,
        renewal: Timestamp,
        expires: Timestamp,
        policy: &Policy,
        now: Timestamp,
    ) {
        self.next = Some(self.next.map_or(renewal, |next| next.min(renewal)));
        let waits = policy.timing.blackout_over(now).is_some() && now < expires;
        if self.due.is_none() && renewal <= now && !waits {
            self.due = Some(Reason::Expires { at: expires });
            self.due_since = Some(renewal);
        }
    }

    fn judge(&mut self, policy: &Policy, last: Timestamp, now: Timestamp) {
        match policy.timing.due(last, now) {
            Due::Since(since) => {
                self.due_since = Some(since);
                self.next = Some(since);
                self.due = policy.timing.schedule.as_ref().map(|schedule| {
                    let rule = format!("its schedule is {schedule}");
                    Reason::Schedule { since: last, rule }
                });
            }
            Due::At(at) => self.next = Some(at),
            Due::Never => self.next = None,
        }
    }
}
