//! `ephemeral "coffer_secret"`

use std::collections::BTreeMap;

use coffer_plugin::{
    Context, Diagnostic, EphemeralResource, Model, Opened, Result, Value, validators,
};
use coffer_vault::{SecretName, SecretVersion, Stage, VersionSelector};

use super::base64_of;
use crate::Coffer;
use crate::member::{member, members, no_member};
use crate::name::Name;
use crate::place::Place;
use crate::reading::{Outcome, Reading, warn_of};
use crate::secret_text::SecretText;

/// Reads a secret for this run; nothing of it is stored in a state or a plan.
///
/// Give `value` to a write-only argument of another provider, or to a provider's configuration. Every read is
/// recorded in the vault's audit trail.
#[derive(Model)]
#[model(conflicts("version", "version_stage"))]
pub(crate) struct SecretValue {
    /// The secret's name, such as `prod/db`.
    #[attr(required)]
    name: Value<Name>,
    #[flatten]
    place: Place,
    /// The version to read, and the version that was read. The current one unless set. Refer here to the `version` of
    /// the resource that stores or rotates the secret: Terraform then reads the value after it has changed.
    #[attr(optional, computed, validate = validators::at_least(1))]
    version: Value<u64>,
    /// The stage to read instead: `current`, `pending` or `previous`.
    #[attr(optional, validate = validators::one_of(&["current", "pending", "previous"]))]
    version_stage: Value<String>,
    /// Takes one member of a secret that is JSON: its name, a path with dots (`db.password`), or a JSON pointer
    /// (`/db/password`).
    #[attr(optional, validate = validators::not_empty())]
    key: Value<String>,
    #[flatten]
    reading: Reading,
    /// The value, or the member that `key` names: text as it is, anything else in its JSON notation. Null if it is not
    /// text.
    #[attr(computed, sensitive)]
    value: Value<SecretText>,
    /// The same in base64, also where it is not text.
    #[attr(computed, sensitive)]
    value_base64: Value<SecretText>,
    /// The members of a secret that is a JSON object: text as it is, anything else in its JSON notation. Null if it
    /// is none.
    #[attr(computed, sensitive)]
    data: Value<BTreeMap<String, SecretText>>,
    /// The whole secret if it is a JSON object, for `jsondecode`, which keeps the types. Null if it is none.
    #[attr(computed, sensitive)]
    data_json: Value<SecretText>,
    /// The stages that the version has.
    #[attr(computed)]
    version_stages: Value<Vec<String>>,
    /// When the version was stored (RFC 3339).
    #[attr(computed)]
    created_time: Value<String>,
    /// When the version stops being valid (RFC 3339). Null if it does not.
    #[attr(computed)]
    expiration_date: Value<String>,
}

impl EphemeralResource for SecretValue {
    type Provider = Coffer;
    type Lease = ();
    const TYPE_NAME: &'static str = "coffer_secret";

    async fn open(ctx: &Context<Coffer>, config: Self) -> Result<Opened<Self>> {
        if !config.reading.is_due(ctx) {
            return Ok(Opened::new(config.without_result(&Value::Unknown)));
        }
        let Name(name) = config.name.clone().require("name")?;
        let store = config.place.store(ctx)?;
        ctx.data().guard().admit([&name])?;
        let answer = store.get(&name, config.selector()?).await;
        let found = match config.reading.judge(ctx, &name, answer)? {
            Outcome::Read(found) => found,
            Outcome::Unknown => return Ok(Opened::new(config.without_result(&Value::Unknown))),
            Outcome::Null => return Ok(Opened::new(config.without_result(&Value::Null))),
        };
        config.reading.check_age(ctx, &found.metadata)?;
        warn_of(ctx, store, &name);
        Ok(Opened::new(config.with_result(&name, found)?))
    }
}

impl SecretValue {
    fn selector(&self) -> Result<VersionSelector, Diagnostic> {
        if let Some(version) = self.version.as_known() {
            return Ok(VersionSelector::Version(*version));
        }
        match self.version_stage.as_known() {
            None => Ok(VersionSelector::Current),
            Some(stage) => match stage.parse::<Stage>() {
                Ok(stage) => Ok(VersionSelector::Stage(stage)),
                Err(error) => Err(
                    Diagnostic::error("There is no such stage", error.to_string())
                        .at("version_stage"),
                ),
            },
        }
    }

    fn with_result(self, name: &SecretName, found: SecretVersion) -> Result<Self> {
        let SecretVersion {
            value, metadata, ..
        } = found;
        let data = members(&value);
        let data_json = data.is_some().then(|| value.clone());
        let value = match self.key.as_known() {
            None => value,
            Some(key) => member(&value, key)
                .map_err(|error| no_member(name, key, error))?
                .into_secret(),
        };
        Ok(Self {
            value_base64: Value::Known(base64_of(&value)),
            value: SecretText::new(value).into(),
            data: data.into(),
            data_json: data_json.and_then(SecretText::new).into(),
            version: Value::Known(metadata.version),
            version_stages: Value::Known(metadata.stages.iter().map(ToString::to_string).collect()),
            created_time: Value::Known(metadata.created.to_string()),
            expiration_date: metadata.expires.map(|time| time.to_string()).into(),
            ..self
        })
    }

    /// With every result null or unknown.
    fn without_result(self, value: &Value<()>) -> Self {
        fn like<T>(value: &Value<()>) -> Value<T> {
            if value.is_unknown() {
                Value::Unknown
            } else {
                Value::Null
            }
        }
        Self {
            version: if self.version.is_known() {
                self.version
            } else {
                like(value)
            },
            value: like(value),
            value_base64: like(value),
            data: like(value),
            data_json: like(value),
            version_stages: like(value),
            created_time: like(value),
            expiration_date: like(value),
            ..self
        }
    }
}
