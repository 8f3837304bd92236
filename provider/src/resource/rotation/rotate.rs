//! Rotating, once.

use coffer_backend::{Error, SecretStore};
use coffer_plugin::{Context, Diagnostic, Result};
use coffer_rotation::clock::{Clock as _, SystemClock};
use coffer_rotation::machine::{self, Demand, Done, Nobody, Rotator};
use coffer_rotation::outlook::{Outlook, Reason};
use coffer_rotation::policy::{POLICY_ANNOTATION, Policy};
use coffer_rotation::state::State;
use coffer_rotation::target::RealTargets;
use coffer_vault::{MetadataChange, SecretMetadata, SecretName};

use super::Rotation;
use crate::Coffer;
use crate::failure::{cannot_about, cannot_because};
use crate::name::Name;
use crate::secrets_of_stores::SecretsOfStores;

pub(super) async fn create(ctx: &Context<Coffer>, plan: Rotation) -> Result<Rotation> {
    let name = Name::required(&plan.name)?;
    let store = plan.place.store(ctx)?;
    let policy = plan.policy();
    let failed = |error: Error| cannot_about(&format!("rotate the secret {name}"), &error);
    let found = match store.metadata(&name).await {
        Ok(found) if found.deleted.is_some() => Some(store.restore(&name).await.map_err(failed)?),
        Ok(found) => Some(found),
        Err(error) if error.is_missing_secret() => None,
        Err(error) => return Err(failed(error).into()),
    };
    let demand = match &found {
        None => Some(asked(Reason::First, None)),
        Some(found) => {
            let outlook = outlook(&policy, found)?;
            keep_policy(store, &policy, found).await?;
            demand(&plan, None, found, &outlook)
        }
    };
    if let Some(demand) = demand {
        rotate(ctx, store, &name, &policy, &demand).await?;
    }
    let found = store.metadata(&name).await.map_err(failed)?;
    Ok(plan.refreshed(&found))
}

pub(super) async fn update(
    ctx: &Context<Coffer>,
    prior: &Rotation,
    plan: Rotation,
) -> Result<Rotation> {
    let name = Name::required(&plan.name)?;
    let store = plan.place.store(ctx)?;
    let policy = plan.policy();
    let failed = |error: Error| cannot_about(&format!("rotate the secret {name}"), &error);
    let found = store.metadata(&name).await.map_err(failed)?;
    let outlook = outlook(&policy, &found)?;
    keep_policy(store, &policy, &found).await?;
    // A version that the plan has shown as it is stays, whatever has become due since.
    let demand = if plan.version.is_known() {
        let ends = outlook.retires.is_some() && outlook.under_way.is_none();
        // What the store is to do by itself may be set up in another way by now.
        (ends || policy.is_native()).then_some(Demand::Resume)
    } else {
        demand(&plan, Some(prior), &found, &outlook)
    };
    if let Some(demand) = demand {
        rotate(ctx, store, &name, &policy, &demand).await?;
    }
    let shown = plan.version.clone();
    let found = store.metadata(&name).await.map_err(failed)?;
    let refreshed = plan.refreshed(&found);
    Ok(match shown.is_known() {
        true => Rotation {
            version: shown,
            ..refreshed
        },
        false => refreshed,
    })
}

/// Takes the policy away, so that nothing rotates the secret any more.
pub(super) async fn forget(ctx: &Context<Coffer>, state: &Rotation) -> Result<()> {
    let name = Name::required(&state.name)?;
    let change = MetadataChange {
        annotations: [(POLICY_ANNOTATION.to_owned(), None)].into(),
        ..MetadataChange::default()
    };
    match state.place.store(ctx)?.update(&name, change).await {
        Ok(_) => Ok(()),
        Err(error) if error.is_missing_secret() => Ok(()),
        Err(error) => Err(cannot_about(&format!("end the rotation of {name}"), &error).into()),
    }
}

fn asked(reason: Reason, known: Option<u64>) -> Demand {
    Demand::Now { reason, known }
}

fn outlook(policy: &Policy, found: &SecretMetadata) -> Result<Outlook> {
    let state = State::of(found).map_err(|error| cannot_rotate(&found.name, &error.into()))?;
    Ok(Outlook::of(policy, found, &state, SystemClock.now()))
}

/// What is to be done now; it may have become nothing since the plan.
fn demand(
    plan: &Rotation,
    prior: Option<&Rotation>,
    found: &SecretMetadata,
    outlook: &Outlook,
) -> Option<Demand> {
    if outlook.under_way.is_some() {
        return Some(Demand::Resume);
    }
    if outlook.awaits_promotion {
        return None;
    }
    // Someone else may have rotated since the plan was made: once is enough.
    let known = match prior {
        Some(prior) => prior.version.as_known().copied(),
        None => found.current,
    };
    match plan.reason(prior, outlook) {
        Some(reason) => Some(asked(reason, known)),
        None if outlook.retires.is_some() => Some(Demand::Resume),
        // Drift is found by trying.
        None if plan.policy().detect_drift => Some(Demand::IfDue),
        None if plan.policy().is_native() => Some(Demand::Resume),
        None => None,
    }
}

/// Keeps the policy with the secret, where it is not kept already.
async fn keep_policy(
    store: &dyn SecretStore,
    policy: &Policy,
    found: &SecretMetadata,
) -> Result<()> {
    if policy.differs_from(found) {
        let kept = store.update(&found.name, policy.change()).await;
        kept.map_err(|error| {
            cannot_about(
                &format!("keep the rotation policy of {}", found.name),
                &error,
            )
        })?;
    }
    Ok(())
}

async fn rotate(
    ctx: &Context<Coffer>,
    store: &dyn SecretStore,
    name: &SecretName,
    policy: &Policy,
    demand: &Demand,
) -> Result<()> {
    let secrets = SecretsOfStores::new(ctx, store);
    let targets = RealTargets::new(&secrets);
    let rotator = Rotator::new(store, &targets, &SystemClock, &Nobody);
    let done = rotator
        .rotate(name, policy, demand)
        .await
        .map_err(|error| cannot_rotate(name, &error))?;
    match done {
        Done::ByOther { version } => ctx.warn(
            format!("{name} was rotated by someone else"),
            format!("Version {version} was made between the plan and now. It is used, and none was generated here."),
        ),
        Done::Busy { until } => ctx.warn(
            format!("{name} is being rotated by someone else"),
            format!("They have until {until:.0}. The version that is current now is used, and the next plan shows theirs."),
        ),
        _ => {}
    }
    Ok(())
}

/// The error of a rotation, with what to do.
pub(super) fn cannot_rotate(name: &SecretName, error: &machine::Error) -> Diagnostic {
    let remedy = error.remedy().unwrap_or_default();
    cannot_because(&format!("rotate the secret {name}"), error, &remedy)
}
