//! `data "coffer_secret_metadata"`

use std::collections::BTreeMap;

use coffer_plugin::{Context, DataSource, Model, ObjectType, Result, Value};
use coffer_vault::{SecretMetadata, Timestamp, VersionMetadata, VersionState};

use crate::Coffer;
use crate::failure::cannot_about;
use crate::name::Name;
use crate::place::Place;

/// What there is to know about a secret without reading it.
///
/// A secret that does not exist is no error: `exists` is then `false`, and everything else null.
#[derive(Model)]
pub(crate) struct MetadataOfSecret {
    /// The secret's name.
    #[attr(required)]
    name: Value<Name>,
    #[flatten]
    place: Place,
    /// Whether it exists and is not deleted.
    #[attr(computed)]
    exists: Value<bool>,
    /// The current version.
    #[attr(computed)]
    version: Value<u64>,
    /// The pending version: one that waits to become current.
    #[attr(computed)]
    pending_version: Value<u64>,
    /// The previous version.
    #[attr(computed)]
    previous_version: Value<u64>,
    /// All versions, the oldest first.
    #[attr(computed)]
    versions: Value<Vec<VersionOfSecret>>,
    /// When the secret was created (RFC 3339).
    #[attr(computed)]
    created_time: Value<String>,
    /// When the current version became current (RFC 3339).
    #[attr(computed)]
    last_changed_time: Value<String>,
    /// When the current version stops being valid (RFC 3339). Null if it does not.
    #[attr(computed)]
    expiration_date: Value<String>,
    /// For how many whole days the current version has been current.
    #[attr(computed)]
    age_days: Value<i64>,
    /// What it is for.
    #[attr(computed)]
    description: Value<String>,
    /// Labels.
    #[attr(computed)]
    labels: Value<BTreeMap<String, String>>,
}

/// One version.
#[derive(Clone, ObjectType)]
struct VersionOfSecret {
    version: u64,
    /// `enabled`, `disabled` or `destroyed`.
    state: String,
    stages: Vec<String>,
    created_time: String,
    expiration_date: Option<String>,
}

impl DataSource for MetadataOfSecret {
    type Provider = Coffer;
    const TYPE_NAME: &'static str = "coffer_secret_metadata";

    async fn read(ctx: &Context<Coffer>, config: Self) -> Result<Self> {
        let name = Name::required(&config.name)?;
        let store = config.place.store(ctx)?;
        let doing = format!("look at the secret {name}");
        let found = match store.metadata(&name).await {
            Ok(found) if found.deleted.is_none() => found,
            Ok(_) => return Ok(config.absent()),
            Err(error) if error.is_missing_secret() => return Ok(config.absent()),
            Err(error) => return Err(cannot_about(&doing, &error).into()),
        };
        let versions = store
            .versions(&name)
            .await
            .map_err(|error| cannot_about(&doing, &error))?;
        Ok(config.present(found, &versions, Timestamp::now()))
    }
}

impl MetadataOfSecret {
    fn absent(self) -> Self {
        Self {
            name: self.name,
            place: self.place,
            exists: Value::Known(false),
            ..Self::null()
        }
    }

    fn present(self, found: SecretMetadata, versions: &[VersionMetadata], now: Timestamp) -> Self {
        let age = found
            .current_since
            .map(|since| now.duration_since(since).as_hours().max(0) / 24);
        Self {
            name: self.name,
            place: self.place,
            exists: Value::Known(true),
            version: found.current.into(),
            pending_version: found.pending.into(),
            previous_version: found.previous.into(),
            versions: Value::Known(versions.iter().map(VersionOfSecret::of).collect()),
            created_time: Value::Known(found.created.to_string()),
            last_changed_time: found.current_since.map(|time| time.to_string()).into(),
            expiration_date: found.expires.map(|time| time.to_string()).into(),
            age_days: age.into(),
            description: found.description.into(),
            labels: Value::Known(found.labels),
        }
    }
}

impl VersionOfSecret {
    fn of(version: &VersionMetadata) -> Self {
        let state = match version.state {
            VersionState::Enabled => "enabled",
            VersionState::Disabled => "disabled",
            VersionState::Destroyed(_) => "destroyed",
        };
        Self {
            version: version.version,
            state: state.to_owned(),
            stages: version.stages.iter().map(ToString::to_string).collect(),
            created_time: version.created.to_string(),
            expiration_date: version.expires.map(|time| time.to_string()),
        }
    }
}
