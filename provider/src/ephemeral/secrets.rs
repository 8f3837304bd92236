//! `ephemeral "coffer_secrets"`

use std::collections::{BTreeMap, BTreeSet};

use coffer_plugin::{Context, EphemeralResource, Model, Opened, Result, Value, validators};
use coffer_vault::{SecretName, VersionSelector};

use crate::Coffer;
use crate::failure::{cannot, cannot_about};
use crate::member::{member, no_member};
use crate::name::Name;
use crate::phase::Phase;
use crate::place::Place;
use crate::reading::{Reading, warn_of};
use crate::secret_text::SecretText;

/// Reads many secrets for this run in one round trip, which is one row of the vault's audit trail.
///
/// `values` is ephemeral as a whole: look values up by name, and use names that are no secrets, such as those of
/// `coffer_secret_names`, in `for_each`.
#[derive(Model)]
#[model(exactly_one_of("names", "prefix"))]
pub(crate) struct SecretValues {
    /// The secrets' names.
    #[attr(optional, validate = validators::items(1..=10_000))]
    names: Value<BTreeSet<Name>>,
    /// What their names begin with, such as `prod/`.
    #[attr(optional, validate = validators::not_empty())]
    prefix: Value<String>,
    #[flatten]
    place: Place,
    /// Takes one member of each secret, which must be JSON: its name, a path with dots, or a JSON pointer.
    #[attr(optional, validate = validators::not_empty())]
    key: Value<String>,
    #[flatten]
    reading: Reading,
    /// The current values by name. Values that are not text are missing.
    #[attr(computed, sensitive)]
    values: Value<BTreeMap<String, SecretText>>,
    /// The versions that were read by name.
    #[attr(computed)]
    versions: Value<BTreeMap<String, u64>>,
    /// The names that do not exist, which `on_missing` lets pass.
    #[attr(computed)]
    missing: Value<BTreeSet<String>>,
}

impl EphemeralResource for SecretValues {
    type Provider = Coffer;
    type Lease = ();
    const TYPE_NAME: &'static str = "coffer_secrets";

    async fn open(ctx: &Context<Coffer>, config: Self) -> Result<Opened<Self>> {
        if !config.reading.is_due(ctx) {
            return Ok(Opened::new(config.unknown_result()));
        }
        let wanted: Vec<_> = config
            .wanted(ctx)
            .await?
            .into_iter()
            .map(|name| (name, VersionSelector::Current))
            .collect();
        let store = config.place.store(ctx)?;
        ctx.data()
            .guard()
            .admit(wanted.iter().map(|(name, _)| name))?;
        let answers = store
            .get_many(&wanted)
            .await
            .map_err(|error| cannot("read the secrets", &error))?;
        let (mut values, mut versions, mut missing) =
            (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
        for ((name, _), answer) in wanted.into_iter().zip(answers) {
            let found = match answer {
                Ok(found) => found,
                Err(error) if error.is_missing_secret() && config.tolerates_missing(ctx) => {
                    missing.insert(name.to_string());
                    continue;
                }
                Err(error) => {
                    return Err(cannot_about(&format!("read the secret {name}"), &error).into());
                }
            };
            config.reading.check_age(ctx, &found.metadata)?;
            warn_of(ctx, store, &name);
            versions.insert(name.to_string(), found.metadata.version);
            let value = match config.key.as_known() {
                None => SecretText::new(found.value),
                Some(key) => {
                    Some(member(&found.value, key).map_err(|error| no_member(&name, key, error))?)
                }
            };
            if let Some(value) = value {
                values.insert(name.to_string(), value);
            }
        }
        // An unknown one among them makes the whole unknown: its value comes with apply.
        if !missing.is_empty() && config.on_missing() == Some("unknown") {
            return Ok(Opened::new(config.unknown_result()));
        }
        Ok(Opened::new(Self {
            values: Value::Known(values),
            versions: Value::Known(versions),
            missing: Value::Known(missing),
            ..config
        }))
    }
}

impl SecretValues {
    /// The names to read.
    async fn wanted(&self, ctx: &Context<Coffer>) -> Result<Vec<SecretName>> {
        if let Some(names) = self.names.as_known() {
            return Ok(names.iter().map(|name| name.0.clone()).collect());
        }
        let prefix = self.prefix.clone().require("prefix")?;
        let listed = self
            .place
            .store(ctx)?
            .list(&prefix)
            .await
            .map_err(|error| cannot(&format!("list the secrets below {prefix}"), &error))?;
        Ok(listed
            .into_iter()
            .filter(|secret| secret.deleted.is_none() && secret.current.is_some())
            .map(|secret| secret.name)
            .collect())
    }

    fn on_missing(&self) -> Option<&str> {
        self.reading.on_missing.as_known().map(String::as_str)
    }

    fn tolerates_missing(&self, ctx: &Context<Coffer>) -> bool {
        match self.on_missing() {
            Some("null") => true,
            Some("unknown") => ctx.data().phase() == Phase::Plan,
            _ => false,
        }
    }

    fn unknown_result(self) -> Self {
        Self {
            values: Value::Unknown,
            versions: Value::Unknown,
            missing: Value::Unknown,
            ..self
        }
    }
}
