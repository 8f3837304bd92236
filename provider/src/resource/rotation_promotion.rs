//! `resource "coffer_rotation_promotion"`

use coffer_plugin::{Context, Create, Model, ModifyPlan, Plan, Resource, Result, Update, Value};
use coffer_rotation::clock::SystemClock;
use coffer_rotation::machine::{Nobody, Rotator};
use coffer_rotation::policy::Policy;
use coffer_rotation::target::RealTargets;

use crate::Coffer;
use crate::failure::{cannot_about, cannot_because};
use crate::name::Name;
use crate::place::Place;
use crate::refresh::{Found, look};
use crate::secrets_of_stores::SecretsOfStores;

/// Makes a version current once everything that uses it has it.
///
/// It belongs to a `coffer_rotation` with `promotion = "deferred"`. Let it depend on the consumers with `depends_on`:
/// until it has run, `coffer_secret` without a version, and everything outside Terraform, read the old value.
/// Destroying it changes nothing.
#[derive(Model)]
pub(crate) struct RotationPromotion {
    /// The secret's name.
    #[attr(required, requires_replace)]
    name: Value<Name>,
    #[flatten]
    place: Place,
    /// The version to make current: the `version` of the `coffer_rotation`.
    #[attr(required)]
    version: Value<u64>,
    /// The version that is current.
    #[attr(computed)]
    current_version: Value<u64>,
}

impl Resource for RotationPromotion {
    type Provider = Coffer;
    const TYPE_NAME: &'static str = "coffer_rotation_promotion";

    async fn create(ctx: &Context<Coffer>, change: Create<Self>) -> Result<Self> {
        change.plan.promote(ctx).await
    }

    async fn read(ctx: &Context<Coffer>, state: Self) -> Result<Option<Self>> {
        let name = Name::required(&state.name)?;
        Ok(match look(ctx, &state.place, &name).await? {
            Found::There(found) => Some(Self {
                current_version: found.current.into(),
                ..state
            }),
            Found::Gone => None,
            Found::CannotTell => Some(state),
        })
    }

    async fn update(ctx: &Context<Coffer>, change: Update<Self>) -> Result<Self> {
        change.plan.promote(ctx).await
    }

    async fn delete(_: &Context<Coffer>, _: Self) -> Result<()> {
        Ok(())
    }
}

impl ModifyPlan for RotationPromotion {
    async fn modify_plan(_: &Context<Coffer>, plan: &mut Plan<Self>) -> Result<()> {
        // What is to be current is what will be current; where it is not, that is a change.
        plan.planned.current_version = plan.planned.version.clone();
        Ok(())
    }
}

impl RotationPromotion {
    async fn promote(self, ctx: &Context<Coffer>) -> Result<Self> {
        let name = Name::required(&self.name)?;
        let version = self.version.clone().require("version")?;
        let store = self.place.store(ctx)?;
        let doing = format!("make version {version} of {name} current");
        let failed = |error: coffer_backend::Error| cannot_about(&doing, &error);
        let found = store.metadata(&name).await.map_err(failed)?;
        if found.current != Some(version) {
            // A version that was staged by hand has no policy.
            let policy = Policy::of(&found).unwrap_or_default();
            let secrets = SecretsOfStores::new(ctx, store);
            let targets = RealTargets::new(&secrets);
            Rotator::new(store, &targets, &SystemClock, &Nobody)
                .promote_version(&name, &policy, version)
                .await
                .map_err(|error| {
                    cannot_because(&doing, &error, &error.remedy().unwrap_or_default())
                })?;
        }
        Ok(Self {
            current_version: Value::Known(version),
            ..self
        })
    }
}
