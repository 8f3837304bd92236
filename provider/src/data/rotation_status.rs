//! `data "coffer_rotation_status"`

use coffer_plugin::{Context, DataSource, Model, Result, Value};
use coffer_rotation::clock::{Clock as _, SystemClock};
use coffer_rotation::outlook::Outlook;
use coffer_rotation::policy::Policy;
use coffer_rotation::schedule::Schedule;
use coffer_rotation::state::State;
use coffer_vault::Timestamp;

use crate::Coffer;
use crate::failure::cannot_about;
use crate::name::Name;
use crate::period::Period;
use crate::place::Place;

/// How a secret stands with its rotation, whoever rotates it.
#[derive(Model)]
pub(crate) struct RotationStatus {
    /// The secret's name.
    #[attr(required)]
    name: Value<Name>,
    #[flatten]
    place: Place,
    /// How old the current version may become, such as `30d`. What the secret's own rotation policy says unless set.
    #[attr(optional)]
    rotate_after: Value<Period>,
    /// The current version.
    #[attr(computed)]
    version: Value<u64>,
    /// A version that waits to become current: a rotation that has not come to its end. Null if there is none.
    #[attr(computed)]
    pending_version: Value<u64>,
    /// The last step that is done of that rotation: `pending`, `set` or `tested`. Null if there is none.
    #[attr(computed)]
    pending_step: Value<String>,
    /// The user whose credential the current version is. Null where the rotation knows none.
    #[attr(computed)]
    active_username: Value<String>,
    /// When the current version became current (RFC 3339).
    #[attr(computed)]
    last_rotated: Value<String>,
    /// When the next rotation is due (RFC 3339). Null without a policy and `rotate_after`.
    #[attr(computed)]
    next_rotation: Value<String>,
    /// Whether it is due. Null without a policy and `rotate_after`.
    #[attr(computed)]
    rotation_due: Value<bool>,
    /// Why it is due. Null if it is not.
    #[attr(computed)]
    due_reason: Value<String>,
    /// Until when the previous version is valid (RFC 3339). Null unless it ends.
    #[attr(computed)]
    previous_valid_until: Value<String>,
    /// Why the last attempt to rotate failed. Null if it did not.
    #[attr(computed)]
    failure: Value<String>,
}

impl DataSource for RotationStatus {
    type Provider = Coffer;
    const TYPE_NAME: &'static str = "coffer_rotation_status";

    async fn read(ctx: &Context<Coffer>, config: Self) -> Result<Self> {
        let name = Name::required(&config.name)?;
        let found = config
            .place
            .store(ctx)?
            .metadata(&name)
            .await
            .map_err(|error| cannot_about(&format!("look at the rotation of {name}"), &error))?;
        let known = Policy::of(&found).ok();
        let has_policy = known.is_some() || config.rotate_after.is_known();
        let mut policy = known.unwrap_or_default();
        if let Some(period) = config.rotate_after.as_known() {
            policy.timing.schedule = Some(Schedule::Every(period.as_period().clone()));
        }
        // One that cannot be read is told by whatever would rotate it.
        let state = State::of(&found).unwrap_or_default();
        let outlook = Outlook::of(&policy, &found, &state, SystemClock.now());
        let user = found.current.and_then(|version| state.users.get(&version));
        let time = |at: Timestamp| at.to_string();
        Ok(Self {
            version: found.current.into(),
            pending_version: found.pending.into(),
            pending_step: outlook.under_way.map(|step| step.to_string()).into(),
            active_username: user.or(policy.only_user()).cloned().into(),
            last_rotated: state.current_since(&found).map(time).into(),
            next_rotation: outlook.next.map(time).into(),
            rotation_due: has_policy.then_some(outlook.due.is_some()).into(),
            due_reason: outlook.due.map(|reason| reason.to_string()).into(),
            previous_valid_until: state.retiring.map(|it| time(it.until)).into(),
            failure: state.failure.map(|it| it.why).into(),
            ..config
        })
    }
}
