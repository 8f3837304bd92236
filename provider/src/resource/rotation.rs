//! `resource "coffer_rotation"`

mod due;
mod rotate;

use std::collections::BTreeMap;

use coffer_plugin::{
    Context, Create, Diagnostics, Import, Model, ModifyPlan, Path, Plan, Resource, Result, Update,
    ValidateConfig, Value, validators,
};
use coffer_rotation::schedule::Schedule;
use coffer_vault::{SecretMetadata, Timestamp};

use crate::Coffer;
use crate::name::Name;
use crate::password::PasswordArguments;
use crate::period::Period;
use crate::place::Place;
use crate::refresh::{Found, look};

/// Rotates a secret: generates a new version in the vault when it is due.
///
/// `version` is the edge. Refer to it in the `version` of an ephemeral `coffer_secret` and in the `*_wo_version` of
/// whoever consumes the value: a quiet plan is empty, and a plan with a rotation that is due shows
/// `version = 1 -> (known after apply)` here and an update of each consumer.
///
/// The clock is in the vault, not in the state: two workspaces, or a lost state, rotate once. The previous version
/// stays readable as `version_stage = "previous"`. Destroying the rotation leaves the secret as it is.
#[derive(Model)]
#[model(conflicts("rotate_after", "schedule_expression"))]
pub(crate) struct Rotation {
    /// The secret's name. It is created if it does not exist.
    #[attr(required, requires_replace)]
    name: Value<Name>,
    #[flatten]
    place: Place,
    /// How old the current version may become, such as `30d`.
    #[attr(optional)]
    rotate_after: Value<Period>,
    /// When to rotate, in the spelling of AWS and in UTC: `rate(30 days)`, or `cron(0 4 ? * SUN *)` for Sundays at four.
    #[attr(optional, validate = schedule)]
    schedule_expression: Value<String>,
    /// How long after each time that `schedule_expression` names a rotation may be made, such as `4h`. One that is missed
    /// waits for the next time. Without it, it is made whenever Terraform next runs.
    #[attr(optional)]
    rotation_window: Value<Period>,
    /// Texts of any meaning. When one changes, the secret is rotated.
    #[attr(optional)]
    keepers: Value<BTreeMap<String, String>>,
    /// Whether the secret is rotated at once when the rotation is created, although it exists and is not due. `false`
    /// unless set.
    #[attr(optional)]
    rotate_immediately: Value<bool>,
    /// When a new version becomes the current one: `immediate`, in the same apply; or `deferred`, by a
    /// `coffer_rotation_promotion` that depends on the consumers, so that the old value stays current until all of them
    /// have the new one. `immediate` unless set.
    #[attr(optional, validate = validators::one_of(&["immediate", "deferred"]))]
    promotion: Value<String>,
    /// How new values are generated.
    #[block(required)]
    generate: Option<PasswordArguments>,
    /// The version to use: the current one, or the pending one where `promotion` is `deferred`.
    #[attr(computed, use_state_for_unknown)]
    version: Value<u64>,
    /// The version before it, readable as `version_stage = "previous"`. Null if there is none.
    #[attr(computed)]
    previous_version: Value<u64>,
    /// When the current version became current (RFC 3339).
    #[attr(computed)]
    last_rotated: Value<String>,
    /// When the next rotation is due (RFC 3339). Null without `rotate_after` and `schedule_expression`.
    #[attr(computed)]
    next_rotation: Value<String>,
}

fn schedule(text: &str) -> Result<(), String> {
    Schedule::parse(text)
        .map(drop)
        .map_err(|error| format!("{error}."))
}

impl ValidateConfig for Rotation {
    fn validate_config(config: &Self, diagnostics: &mut Diagnostics) {
        if config.rotation_window.is_known() && config.schedule_expression.is_null() {
            diagnostics.error_at(
                "rotation_window",
                "A window without times",
                "rotation_window belongs to schedule_expression. Set that too, or leave the window out.",
            );
        }
        if let Some(generate) = &config.generate {
            generate.validate(&Path::root().attribute("generate"), diagnostics);
        }
    }
}

impl Resource for Rotation {
    type Provider = Coffer;
    const TYPE_NAME: &'static str = "coffer_rotation";

    async fn create(ctx: &Context<Coffer>, change: Create<Self>) -> Result<Self> {
        rotate::create(ctx, change.plan).await
    }

    async fn read(ctx: &Context<Coffer>, state: Self) -> Result<Option<Self>> {
        let name = Name::required(&state.name)?;
        Ok(match look(ctx, &state.place, &name).await? {
            Found::There(found) if found.current.is_some() => Some(state.refreshed(&found)),
            Found::There(_) | Found::Gone => None,
            Found::CannotTell => Some(state),
        })
    }

    async fn update(ctx: &Context<Coffer>, change: Update<Self>) -> Result<Self> {
        rotate::update(ctx, &change.prior, change.plan).await
    }

    async fn delete(_: &Context<Coffer>, _: Self) -> Result<()> {
        Ok(())
    }
}

impl ModifyPlan for Rotation {
    async fn modify_plan(ctx: &Context<Coffer>, plan: &mut Plan<Self>) -> Result<()> {
        due::plan(ctx, plan).await
    }
}

impl Import for Rotation {
    async fn import(_: &Context<Coffer>, id: &str) -> Result<Self> {
        let (place, name) = Place::of_import(id)?;
        Ok(Self {
            place,
            name: name.into(),
            ..Self::null()
        })
    }
}

impl Rotation {
    /// When to rotate, where anything says so.
    fn schedule(&self) -> Option<Schedule> {
        let text = match self.rotate_after.as_known() {
            Some(period) => period.as_str(),
            None => self.schedule_expression.as_known()?,
        };
        // Both were parsed when the configuration was judged.
        Schedule::parse(text).ok()
    }

    /// Whether a new version waits for its promotion.
    fn is_deferred(&self) -> bool {
        self.promotion.as_known().is_some_and(|it| it == "deferred")
    }

    /// With what the vault says now.
    fn refreshed(self, found: &SecretMetadata) -> Self {
        let version = match found.pending {
            Some(pending) if self.is_deferred() => Some(pending),
            _ => found.current,
        };
        let previous = match found.pending {
            Some(_) if self.is_deferred() => found.current,
            _ => found.previous,
        };
        Self {
            version: version.into(),
            previous_version: previous.into(),
            last_rotated: found.current_since.map(|time| time.to_string()).into(),
            ..self
        }
        .with_next_rotation()
    }

    /// With the time that follows from the last rotation.
    fn with_next_rotation(self) -> Self {
        let last: Option<Timestamp> = self.last_rotated.as_known().and_then(|it| it.parse().ok());
        let next = last.and_then(|last| self.schedule()?.next_after(last, last));
        Self {
            next_rotation: next.map(|time| time.to_string()).into(),
            ..self
        }
    }
}
