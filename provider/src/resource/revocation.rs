//! `resource "coffer_revocation"`

use std::collections::{BTreeMap, BTreeSet};

use coffer_plugin::{Context, Create, Model, Resource, Result, Update, Value, validators};
use coffer_vault::{Timestamp, VersionState};

use crate::Coffer;
use crate::failure::cannot_about;
use crate::name::Name;
use crate::place::Place;

/// Takes versions of a secret out of use, when a value may have become known.
///
/// It happens once, when the resource is created; change `triggers` to have it happen again. Destroying the resource
/// brings nothing back: `coffer enable` does, for what was only disabled.
#[derive(Model)]
pub(crate) struct Revocation {
    /// The secret's name.
    #[attr(required, requires_replace)]
    name: Value<Name>,
    #[flatten]
    place: Place,
    /// The versions. All that can be read unless set.
    #[attr(optional, requires_replace, validate = validators::items(1..=10_000))]
    versions: Value<BTreeSet<u64>>,
    /// `disable`, which can be taken back, or `destroy`, which shreds the keys for good.
    #[attr(required, requires_replace, validate = validators::one_of(&["disable", "destroy"]))]
    mode: Value<String>,
    /// Texts of any meaning. When one changes, the versions are revoked again.
    #[attr(optional, requires_replace)]
    triggers: Value<BTreeMap<String, String>>,
    /// How many versions were taken out of use.
    #[attr(computed, use_state_for_unknown)]
    revoked_count: Value<u64>,
    /// When (RFC 3339).
    #[attr(computed, use_state_for_unknown)]
    revoked_at: Value<String>,
}

impl Resource for Revocation {
    type Provider = Coffer;
    const TYPE_NAME: &'static str = "coffer_revocation";

    async fn create(ctx: &Context<Coffer>, change: Create<Self>) -> Result<Self> {
        let plan = change.plan;
        let name = Name::required(&plan.name)?;
        let destroys = plan.mode.as_known().is_some_and(|mode| mode == "destroy");
        let store = plan.place.store(ctx)?;
        let doing = format!("revoke versions of {name}");
        let failed = |error| cannot_about(&doing, &error);
        let versions: Vec<u64> = store
            .versions(&name)
            .await
            .map_err(failed)?
            .iter()
            .filter(|version| match version.state {
                VersionState::Enabled => true,
                VersionState::Disabled => destroys,
                VersionState::Destroyed(_) => false,
            })
            .map(|version| version.version)
            .filter(|version| {
                plan.versions
                    .as_known()
                    .is_none_or(|it| it.contains(version))
            })
            .collect();
        if destroys {
            if !versions.is_empty() {
                store.destroy(&name, &versions).await.map_err(failed)?;
            }
        } else {
            for version in &versions {
                store
                    .set_enabled(&name, *version, false)
                    .await
                    .map_err(failed)?;
            }
        }
        Ok(Self {
            revoked_count: Value::Known(u64::try_from(versions.len()).unwrap_or(u64::MAX)),
            revoked_at: Value::Known(Timestamp::now().to_string()),
            ..plan
        })
    }

    async fn read(_: &Context<Coffer>, state: Self) -> Result<Option<Self>> {
        Ok(Some(state))
    }

    async fn update(_: &Context<Coffer>, change: Update<Self>) -> Result<Self> {
        Ok(Self {
            revoked_count: change.prior.revoked_count,
            revoked_at: change.prior.revoked_at,
            ..change.plan
        })
    }

    async fn delete(_: &Context<Coffer>, _: Self) -> Result<()> {
        Ok(())
    }
}
