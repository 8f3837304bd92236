//! `data "coffer_rotation_status"`

use coffer_plugin::{Context, DataSource, Model, Result, Value};
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
    /// How old the current version may become, such as `30d`.
    #[attr(optional)]
    rotate_after: Value<Period>,
    /// The current version.
    #[attr(computed)]
    version: Value<u64>,
    /// A version that waits to become current: a rotation that has not come to its end. Null if there is none.
    #[attr(computed)]
    pending_version: Value<u64>,
    /// When the current version became current (RFC 3339).
    #[attr(computed)]
    last_rotated: Value<String>,
    /// When the next rotation is due (RFC 3339). Null without `rotate_after`.
    #[attr(computed)]
    next_rotation: Value<String>,
    /// Whether that time has passed. Null without `rotate_after`.
    #[attr(computed)]
    rotation_due: Value<bool>,
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
        let next = match (found.current_since, config.rotate_after.as_known()) {
            (Some(since), Some(period)) => Some(period.after(since)),
            _ => None,
        };
        Ok(Self {
            version: found.current.into(),
            pending_version: found.pending.into(),
            last_rotated: found.current_since.map(|time| time.to_string()).into(),
            next_rotation: next.map(|time| time.to_string()).into(),
            rotation_due: next.map(|time| time <= Timestamp::now()).into(),
            ..config
        })
    }
}
