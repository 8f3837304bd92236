//! The plan as the dry run: whether a rotation is due, from metadata alone, and what apply will do.

use coffer_backend::SecretStore;
use coffer_plugin::{Context, Model, Plan, Result, Value};
use coffer_rotation::clock::{Clock as _, SystemClock};
use coffer_rotation::machine::{Nobody, Rotator};
use coffer_rotation::outlook::{Outlook, Reason};
use coffer_rotation::policy::Policy;
use coffer_rotation::state::{State, Step};
use coffer_rotation::target::RealTargets;
use coffer_vault::SecretMetadata;

use super::Rotation;
use super::rotate::cannot_rotate;
use crate::Coffer;
use crate::failure::cannot_about;
use crate::secrets_of_stores::SecretsOfStores;

impl Rotation {
    /// Why the secret is due; `prior` is none while the rotation is created.
    pub(super) fn reason(&self, prior: Option<&Self>, outlook: &Outlook) -> Option<Reason> {
        match prior {
            None if self.rotate_immediately == Value::Known(true) => Some(Reason::Immediately),
            // An import knows nothing of keepers yet.
            Some(prior) if !prior.keepers.is_null() && prior.keepers != self.keepers => {
                Some(Reason::Keepers)
            }
            _ => outlook.due.clone(),
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
    let store = plan.planned.place.store(ctx)?;
    let found = match store.metadata(&name).await {
        Ok(found) if found.deleted.is_none() => found,
        Ok(_) | Err(coffer_backend::Error::NotReady { .. }) => return Ok(()),
        Err(error) if error.is_missing_secret() => return Ok(()),
        Err(error) => {
            return Err(cannot_about(&format!("plan the rotation of {name}"), &error).into());
        }
    };
    let policy = plan.planned.policy();
    let state = State::of(&found).map_err(|error| cannot_rotate(&name, &error.into()))?;
    let outlook = Outlook::of(&policy, &found, &state, SystemClock.now());
    if let Some(step) = outlook.under_way {
        plan.planned.expect_rotation();
        warn_of_resumption(ctx, &found, &state, step);
        return Ok(());
    }
    let mut reason = plan.planned.reason(plan.prior.as_ref(), &outlook);
    if reason.is_none() && policy.detect_drift && plan.prior.is_some() {
        reason = drift(ctx, store, &policy, &found).await;
    }
    if let Some(reason) = reason {
        plan.planned.expect_rotation();
        warn_of_rotation(ctx, &policy, &found, &state, &reason);
        return Ok(());
    }
    // Mostly what is stored; another version if someone else has rotated since, as Terraform plans once more right
    // before it applies.
    if plan.prior.is_some() {
        let planned = std::mem::replace(&mut plan.planned, Rotation::null());
        plan.planned = planned.refreshed(&found);
        if let Some(version) = outlook.retires {
            plan.planned.previous_valid_until = Value::Unknown;
            ctx.warn(
                format!("The previous version has had its time: {name}"),
                format!("Apply will end version {version} of {name}, whose grace_period is over."),
            );
        }
        // A policy that someone has taken away is written again.
        if policy.differs_from(&found) {
            plan.planned.next_rotation = Value::Unknown;
        }
    }
    Ok(())
}

fn warn_of_resumption(ctx: &Context<Coffer>, found: &SecretMetadata, state: &State, step: Step) {
    let name = &found.name;
    let version = found.pending.unwrap_or(found.latest);
    let failure = match &state.failure {
        Some(failure) => format!(" Its last attempt failed: {}.", failure.why),
        None => String::new(),
    };
    ctx.warn(
        format!("Rotation under way: {name}"),
        format!(
            "A rotation of {name} to version {version} was interrupted after the step {step}.{failure} Apply will resume it there."
        ),
    );
}

fn warn_of_rotation(
    ctx: &Context<Coffer>,
    policy: &Policy,
    found: &SecretMetadata,
    state: &State,
    reason: &Reason,
) {
    let name = &found.name;
    let next = found.latest.saturating_add(1);
    let current = found.current.unwrap_or(found.latest);
    let user = found.current.and_then(|version| state.users.get(&version));
    let touched = match (&policy.target, policy.next_user(user.map(String::as_str))) {
        (Some(target), Some(user)) => format!(" for the {} user {user}", target.kind()),
        (Some(target), None) => format!(" for the target {}", target.kind()),
        (None, _) => String::new(),
    };
    let after = if policy.promotion == coffer_rotation::policy::Promotion::Deferred {
        format!("version {current} stays current until a coffer_rotation_promotion has run")
    } else if let Some(grace) = &policy.grace_period {
        format!("version {current} stays valid for {grace}")
    } else {
        format!("version {current} stays readable as version_stage = \"previous\"")
    };
    let following = match policy.timing.next_after(SystemClock.now()) {
        Some(next) => format!(" The next rotation is then due at {next:.0}."),
        None => String::new(),
    };
    ctx.warn(
        format!("Rotation due: {name}"),
        format!(
            "{reason} Apply will generate version {next} of {name}{touched}; {after}.{following}"
        ),
    );
}

/// Tries the current credential. What keeps it from being tried is told, and is no reason to rotate.
async fn drift(
    ctx: &Context<Coffer>,
    store: &dyn SecretStore,
    policy: &Policy,
    found: &SecretMetadata,
) -> Option<Reason> {
    let secrets = SecretsOfStores::new(ctx, store);
    let targets = RealTargets::new(&secrets);
    let rotator = Rotator::new(store, &targets, &SystemClock, &Nobody);
    match rotator.detect_drift(&found.name, policy).await {
        Ok(reason) => reason,
        Err(error) => {
            ctx.warn(
                format!("The credential could not be tried: {}", found.name),
                crate::failure::told(&error, &error.remedy().unwrap_or_default()),
            );
            None
        }
    }
}
