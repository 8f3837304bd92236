//! Whether a rotation is due, decided in the plan and again in apply.

use coffer_plugin::{Context, Model, Plan, Result, Value};
use coffer_rotation::schedule::Due;
use coffer_vault::{SecretMetadata, Timestamp};

use super::Rotation;
use crate::Coffer;
use crate::failure::cannot_about;
use crate::period::Period;

/// Why a rotation is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// The current version has been in use for long enough.
    Schedule {
        /// Since when it is current.
        since: Timestamp,
        /// The argument that says so, with its value as written.
        rule: String,
    },
    /// A keeper has changed.
    Keepers,
    /// It was asked for with the creation.
    Immediately,
}

impl Reason {
    /// Why the secret, as `found`, is due at `now`; `prior` is none while the rotation is created.
    pub(super) fn of(
        prior: Option<&Rotation>,
        planned: &Rotation,
        found: &SecretMetadata,
        now: Timestamp,
    ) -> Option<Self> {
        match prior {
            None if planned.rotate_immediately == Value::Known(true) => {
                return Some(Self::Immediately);
            }
            // An import knows nothing of keepers yet.
            Some(prior) if !prior.keepers.is_null() && prior.keepers != planned.keepers => {
                return Some(Self::Keepers);
            }
            _ => {}
        }
        // A version that waits for its promotion is a rotation under way.
        if planned.is_deferred() && found.pending.is_some() {
            return None;
        }
        let since = found.current_since?;
        let window = planned.rotation_window.as_known().map(Period::as_period);
        match planned.schedule()?.due(since, window, now) {
            Due::Since(_) => Some(Self::Schedule {
                since,
                rule: match planned.rotate_after.as_known() {
                    Some(period) => format!("rotate_after is {}", period.as_str()),
                    None => format!(
                        "schedule_expression is {}",
                        planned
                            .schedule_expression
                            .as_known()
                            .map_or("", String::as_str)
                    ),
                },
            }),
            Due::At(_) | Due::Never => None,
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Schedule { since, rule } => {
                format!("The current version is in use since {since:.0}, and {rule}.")
            }
            Self::Keepers => "keepers have changed.".to_owned(),
            Self::Immediately => "rotate_immediately is set.".to_owned(),
        }
    }
}

/// Plans a new version where the rotation is due, and says why.
pub(super) async fn plan(ctx: &Context<Coffer>, plan: &mut Plan<Rotation>) -> Result<()> {
    let Some(name) = plan.planned.name.as_known().map(|name| name.0.clone()) else {
        return Ok(());
    };
    let moved = plan
        .prior
        .as_ref()
        .is_some_and(|prior| prior.name != plan.planned.name);
    if moved || plan.planned.place.is_unknown() {
        return Ok(());
    }
    let found = match plan.planned.place.store(ctx)?.metadata(&name).await {
        Ok(found) if found.deleted.is_none() => found,
        Ok(_) | Err(coffer_backend::Error::NotReady { .. }) => return Ok(()),
        Err(error) if error.is_missing_secret() => return Ok(()),
        Err(error) => {
            return Err(cannot_about(&format!("plan the rotation of {name}"), &error).into());
        }
    };
    let reason = Reason::of(plan.prior.as_ref(), &plan.planned, &found, Timestamp::now());
    let Some(reason) = reason else {
        // Mostly what is stored; another version if someone else has rotated since, as Terraform plans once more
        // right before it applies.
        if plan.prior.is_some() {
            let planned = std::mem::replace(&mut plan.planned, Rotation::null());
            plan.planned = planned.refreshed(&found);
        }
        return Ok(());
    };
    let planned = &mut plan.planned;
    planned.version = Value::Unknown;
    planned.previous_version = Value::Unknown;
    planned.last_rotated = Value::Unknown;
    planned.next_rotation = Value::Unknown;
    let current = found.current.unwrap_or(found.latest);
    let after = if planned.is_deferred() {
        format!("version {current} stays current until a coffer_rotation_promotion has run")
    } else {
        format!("version {current} stays readable as version_stage = \"previous\"")
    };
    ctx.warn(
        format!("Rotation due: {name}"),
        format!(
            "{} Apply will generate version {} of {name}; {after}.",
            reason.text(),
            found.latest.saturating_add(1)
        ),
    );
    Ok(())
}
