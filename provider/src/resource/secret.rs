//! `resource "coffer_secret"`

mod plan;
mod write;

use std::collections::BTreeMap;

use coffer_plugin::{
    Context, Create, Diagnostics, Identify, Identity, Import, ImportByIdentity, Model, ModifyPlan,
    Path, Plan, Resource, Result, Update, ValidateConfig, Value, validators,
};
use coffer_vault::{Error as VaultError, SecretMetadata};

use crate::Coffer;
use crate::failure::{cannot, cannot_about};
use crate::name::Name;
use crate::password::PasswordArguments;
use crate::period::Period;
use crate::place::Place;
use crate::refresh::{Found, look};
use crate::secret_text::SecretText;

/// Stores a secret in versions. Terraform keeps its name and its version; the value is handed over in a write-only
/// argument, or generated in the vault, and stands in no state and no plan.
///
/// A changed value is noticed without a counter: while Terraform plans, `value_wo` is compared with what the vault
/// holds. A value that someone else has changed is shown as a change and put right.
#[derive(Model)]
#[model(exactly_one_of("value_wo", "data_wo", "generate"))]
pub(crate) struct StoredSecret {
    /// The secret's name, such as `prod/db`. Another name is another secret.
    #[attr(required, requires_replace)]
    name: Value<Name>,
    #[flatten]
    place: Place,
    /// What it is for.
    #[attr(optional)]
    description: Value<String>,
    /// The value. It is never stored by Terraform.
    #[attr(optional, write_only, sensitive, validate = not_empty)]
    value_wo: Value<SecretText>,
    /// The value as members of a JSON object. It is never stored by Terraform.
    #[attr(optional, write_only, sensitive)]
    data_wo: Value<BTreeMap<String, SecretText>>,
    /// A number to raise when the value is to be written, for a value that differs at each run, such as that of an
    /// ephemeral `coffer_password`. See `update_on`.
    #[attr(optional)]
    value_wo_version: Value<i64>,
    /// When the value is written: on `change`, which is found by comparing it with the vault, or when the `version` in
    /// `value_wo_version` differs. `version` where `value_wo_version` is set, `change` otherwise.
    #[attr(optional, validate = validators::one_of(&["change", "version"]))]
    update_on: Value<String>,
    /// Has the vault generate the value: a password. Terraform never sees it. Changed arguments generate a new
    /// version.
    #[block]
    generate: Option<PasswordArguments>,
    /// Texts of any meaning. When one changes, a new version is generated.
    #[attr(optional)]
    keepers: Value<BTreeMap<String, String>>,
    /// How long a version is valid, such as `90d`. It counts for versions that are written from now on.
    #[attr(optional)]
    expires_after: Value<Period>,
    /// How many versions keep their value; older ones that no stage needs are destroyed. All unless set.
    #[attr(optional, validate = validators::at_least(1))]
    versions_to_keep: Value<u32>,
    /// Labels.
    #[attr(optional)]
    labels: Value<BTreeMap<String, String>>,
    /// What to do if the secret exists before Terraform has created it: `error`; `adopt`, which takes it over and writes
    /// only a value that differs; `overwrite`, which writes a new version.
    #[attr(default = "error", validate = validators::one_of(&["error", "adopt", "overwrite"]))]
    on_existing: Value<String>,
    /// What becomes of the secret when it is destroyed here: `soft` deletes it so that it can be restored for
    /// `recovery_window_in_days`; `destroy` shreds its keys at once and for good; `keep` leaves it as it is.
    #[attr(default = "soft", validate = validators::one_of(&["soft", "destroy", "keep"]))]
    on_destroy: Value<String>,
    /// For how many days a deleted secret can be restored, from 1 to 3650.
    #[attr(default = RECOVERY_WINDOW_IN_DAYS, validate = validators::between(1..=3650))]
    recovery_window_in_days: Value<u32>,
    /// The current version. Refer to it where the value is used: Terraform then sees that the value has changed.
    #[attr(computed, use_state_for_unknown)]
    version: Value<u64>,
    /// When the secret was created (RFC 3339).
    #[attr(computed, use_state_for_unknown)]
    created_time: Value<String>,
    /// When the current version became current (RFC 3339).
    #[attr(computed, use_state_for_unknown)]
    last_changed_time: Value<String>,
    /// When the current version stops being valid (RFC 3339). Null if it does not.
    #[attr(computed)]
    expiration_date: Value<String>,
    /// How hard a generated value is to guess: the base-2 logarithm of how many values its arguments allow. Null if
    /// the value was not generated here.
    #[attr(computed)]
    entropy_bits: Value<i64>,
}

/// How long a deleted secret can be restored unless the configuration says otherwise.
const RECOVERY_WINDOW_IN_DAYS: u32 = 30;

/// The entry of the private state that says that the object was imported, and nothing written since: what the
/// configuration then adds to the state is no reason to write.
const IMPORTED: &str = "imported";

/// What identifies a secret for good.
#[derive(Identity)]
pub(crate) struct SecretIdentity {
    /// The secret's name.
    name: String,
}

fn not_empty(value: &SecretText) -> Result<(), &'static str> {
    if value.is_empty() {
        return Err("It is empty, which is hardly a secret. Check where the value comes from.");
    }
    Ok(())
}

impl ValidateConfig for StoredSecret {
    fn validate_config(config: &Self, diagnostics: &mut Diagnostics) {
        let given = !config.value_wo.is_null() || !config.data_wo.is_null();
        if let Some(generate) = &config.generate {
            generate.validate(&Path::root().attribute("generate"), diagnostics);
        }
        if given && config.keepers.is_known() {
            diagnostics.error_at(
                "keepers",
                "keepers without generate",
                "keepers cause a new version to be generated. For a value that is handed over, use value_wo_version.",
            );
        }
        if !given && config.value_wo_version.is_known() {
            diagnostics.error_at(
                "value_wo_version",
                "A version without a value",
                "value_wo_version belongs to value_wo or data_wo. To have a new value generated, change keepers.",
            );
        }
        let by_version = config
            .update_on
            .as_known()
            .is_some_and(|it| it == "version");
        if by_version && config.value_wo_version.is_null() {
            diagnostics.error_at(
                "update_on",
                "No version to go by",
                "update_on = \"version\" needs value_wo_version. Set it, or leave update_on out.",
            );
        }
    }
}

impl Resource for StoredSecret {
    type Provider = Coffer;
    const TYPE_NAME: &'static str = "coffer_secret";

    async fn create(ctx: &Context<Coffer>, change: Create<Self>) -> Result<Self> {
        write::create(ctx, change).await
    }

    async fn read(ctx: &Context<Coffer>, state: Self) -> Result<Option<Self>> {
        let name = Name::required(&state.name)?;
        Ok(match look(ctx, &state.place, &name).await? {
            Found::There(found) => Some(state.refreshed(&found)),
            Found::Gone => None,
            Found::CannotTell => Some(state),
        })
    }

    async fn update(ctx: &Context<Coffer>, change: Update<Self>) -> Result<Self> {
        write::update(ctx, change).await
    }

    async fn delete(ctx: &Context<Coffer>, state: Self) -> Result<()> {
        let name = Name::required(&state.name)?;
        let store = state.place.store(ctx)?;
        let deleted = match state.on_destroy.as_known().map(String::as_str) {
            Some("keep") => return Ok(()),
            Some("destroy") => store.purge(&name).await,
            _ => {
                let days = state
                    .recovery_window_in_days
                    .known_or(RECOVERY_WINDOW_IN_DAYS);
                store
                    .delete(&name, super::days_from_now(days))
                    .await
                    .map(drop)
            }
        };
        match deleted {
            Ok(()) => Ok(()),
            Err(error) if error.is_missing_secret() => Ok(()),
            // The secret is gone; that its bytes are still in the file for a while is worth knowing.
            Err(error @ coffer_backend::Error::Vault(VaultError::NotWiped { .. })) => {
                let warning = cannot(&format!("wipe the secret {name} yet"), &error);
                ctx.warn(warning.summary, warning.detail);
                Ok(())
            }
            Err(error) => Err(cannot_about(&format!("delete the secret {name}"), &error).into()),
        }
    }
}

impl ModifyPlan for StoredSecret {
    async fn modify_plan(ctx: &Context<Coffer>, plan: &mut Plan<Self>) -> Result<()> {
        plan::modify(ctx, plan).await
    }
}

impl Import for StoredSecret {
    async fn import(ctx: &Context<Coffer>, id: &str) -> Result<Self> {
        let (place, name) = Place::of_import(id)?;
        ctx.private().set(IMPORTED, *b"true");
        Ok(Self {
            place,
            name: name.into(),
            on_existing: Value::Known("error".to_owned()),
            on_destroy: Value::Known("soft".to_owned()),
            recovery_window_in_days: Value::Known(RECOVERY_WINDOW_IN_DAYS),
            ..Self::null()
        })
    }
}

impl Identify for StoredSecret {
    type Identity = SecretIdentity;

    fn identity(state: &Self) -> SecretIdentity {
        SecretIdentity {
            name: state
                .name
                .as_known()
                .map_or_else(String::new, |name| name.0.to_string()),
        }
    }
}

impl ImportByIdentity for StoredSecret {
    async fn import_by_identity(ctx: &Context<Coffer>, identity: SecretIdentity) -> Result<Self> {
        Self::import(ctx, &identity.name).await
    }
}

impl StoredSecret {
    /// With what the vault says now.
    fn refreshed(self, found: &SecretMetadata) -> Self {
        let labels = match (found.labels.is_empty(), &self.labels) {
            (true, Value::Null) => Value::Null,
            _ => Value::Known(found.labels.clone()),
        };
        let keep = found.versions_to_keep;
        Self {
            description: found.description.clone().into(),
            labels,
            versions_to_keep: (keep > 0).then_some(keep).into(),
            version: found.current.into(),
            created_time: Value::Known(found.created.to_string()),
            last_changed_time: found.current_since.map(|time| time.to_string()).into(),
            expiration_date: found.expires.map(|time| time.to_string()).into(),
            ..self
        }
    }
}
