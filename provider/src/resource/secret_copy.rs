//! `resource "coffer_secret_copy"`

use coffer_backend::Error;
use coffer_plugin::{
    Context, Create, Diagnostic, Import, Model, ModifyPlan, Plan, Resource, Result, Update, Value,
    validators,
};
use coffer_vault::{
    Expect, MetadataChange, PutRequest, Secret, SecretMetadata, SecretName, VersionSelector,
};

use crate::Coffer;
use crate::failure::cannot_about;
use crate::member::{member, no_member};
use crate::name::Name;
use crate::place::Place;
use crate::refresh::{Found, look};

/// Keeps a secret the same as another one, or as one member of it. The value goes from the one to the other without
/// passing through Terraform.
///
/// The copy follows: when the source has a new version, or the copy was changed by someone else, a plan shows an update.
/// No value is read while planning. Destroying the copy deletes it for 30 days.
#[derive(Model)]
pub(crate) struct SecretCopy {
    /// The name of the copy.
    #[attr(required, requires_replace)]
    name: Value<Name>,
    #[flatten]
    place: Place,
    /// The name of the secret that is copied.
    #[attr(required)]
    source: Value<Name>,
    /// The store of that secret, as the provider block calls it. The provider's default store unless set.
    #[attr(optional)]
    source_backend: Value<String>,
    /// Takes one member of a source that is JSON: its name, a path with dots, or a JSON pointer.
    #[attr(optional, validate = validators::not_empty())]
    key: Value<String>,
    /// The version of the source that the copy holds.
    #[attr(computed)]
    source_version: Value<u64>,
    /// The copy's own version.
    #[attr(computed)]
    version: Value<u64>,
}

/// What the copy's annotations say of where it comes from: so that neither Terraform nor a plan has to read a value
/// to know whether it is in step.
const SOURCE: &str = "copy.source";
/// The version of the source and the copy's own that it became, as `3:7`.
const VERSIONS: &str = "copy.versions";

/// How long a deleted copy can be restored, in days.
const RECOVERY_WINDOW_IN_DAYS: u32 = 30;

impl Resource for SecretCopy {
    type Provider = Coffer;
    const TYPE_NAME: &'static str = "coffer_secret_copy";

    async fn create(ctx: &Context<Coffer>, change: Create<Self>) -> Result<Self> {
        change.plan.copy(ctx, true).await
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
        change.plan.copy(ctx, false).await
    }

    async fn delete(ctx: &Context<Coffer>, state: Self) -> Result<()> {
        let name = Name::required(&state.name)?;
        let until = super::days_from_now(RECOVERY_WINDOW_IN_DAYS);
        match state.place.store(ctx)?.delete(&name, until).await {
            Err(error) if !error.is_missing_secret() => {
                Err(cannot_about(&format!("delete the copy {name}"), &error).into())
            }
            _ => Ok(()),
        }
    }
}

impl ModifyPlan for SecretCopy {
    async fn modify_plan(ctx: &Context<Coffer>, plan: &mut Plan<Self>) -> Result<()> {
        let Some(prior) = &plan.prior else {
            return Ok(());
        };
        let Some(source) = plan.planned.source.as_known() else {
            return Ok(());
        };
        if plan.planned.source_place().is_unknown() {
            plan.planned.source_version = Value::Unknown;
            plan.planned.version = Value::Unknown;
            return Ok(());
        }
        let current = match look(ctx, &plan.planned.source_place(), &source.0).await? {
            Found::There(found) => found.current,
            Found::Gone => None,
            Found::CannotTell => return Ok(()),
        };
        let same = prior.source == plan.planned.source
            && prior.source_backend == plan.planned.source_backend
            && prior.key == plan.planned.key;
        if same && prior.source_version.as_known().copied() == current && current.is_some() {
            plan.planned.source_version = prior.source_version.clone();
            plan.planned.version = prior.version.clone();
        } else {
            plan.planned.source_version = Value::Unknown;
            plan.planned.version = Value::Unknown;
        }
        Ok(())
    }
}

impl Import for SecretCopy {
    async fn import(_: &Context<Coffer>, id: &str) -> Result<Self> {
        let (place, name) = Place::of_import(id)?;
        Ok(Self {
            place,
            name: name.into(),
            ..Self::null()
        })
    }
}

impl SecretCopy {
    /// With what the copy says of itself. A copy that someone else has written since is of no version of the source.
    fn refreshed(self, found: &SecretMetadata) -> Self {
        let versions = found.annotations.get(VERSIONS).and_then(|text| {
            let (source, own) = text.split_once(':')?;
            Some((source.parse::<u64>().ok()?, own.parse::<u64>().ok()?))
        });
        let source_version = versions
            .filter(|(_, own)| Some(*own) == found.current)
            .map(|(source, _)| source);
        let source = found.annotations.get(SOURCE);
        Self {
            source: match source.and_then(|text| SecretName::parse(text).ok()) {
                Some(source) => Value::Known(Name(source)),
                None => self.source,
            },
            source_version: source_version.into(),
            version: found.current.into(),
            ..self
        }
    }

    /// The store of the source.
    fn source_place(&self) -> Place {
        Place::of(self.source_backend.clone())
    }

    /// Copies the source's current value.
    async fn copy(self, ctx: &Context<Coffer>, creates: bool) -> Result<Self> {
        let name = Name::required(&self.name)?;
        let source = self.source.clone().require("source")?.0;
        if name == source && self.place == self.source_place() {
            let detail = "The copy has the name of its source. Give it another one.";
            return Err(Diagnostic::error("A secret is no copy of itself", detail)
                .at("name")
                .into());
        }
        let store = self.place.store(ctx)?;
        let doing = format!("copy the secret {source} to {name}");
        let failed = |error: Error| cannot_about(&doing, &error);
        ctx.data().guard().admit([&source])?;
        let read = self
            .source_place()
            .store(ctx)?
            .get(&source, VersionSelector::Current)
            .await
            .map_err(failed)?;
        let value: Secret = match self.key.as_known() {
            None => read.value,
            Some(key) => member(&read.value, key)
                .map_err(|error| no_member(&source, key, error))?
                .into_secret(),
        };
        let latest = match look(ctx, &self.place, &name).await? {
            Found::There(_) if creates => {
                let detail = format!(
                    "A copy overwrites nothing. Take the secret over with an import block (its ID is \"{name}\"), or \
                     choose another name."
                );
                return Err(
                    Diagnostic::error(format!("The secret {name} exists already"), detail)
                        .at("name")
                        .into(),
                );
            }
            Found::There(found) => found.latest,
            // A deleted copy is brought back.
            Found::Gone => match store.restore(&name).await {
                Ok(found) => found.latest,
                Err(error) if error.is_missing_secret() => 0,
                Err(error) => return Err(failed(error).into()),
            },
            Found::CannotTell => 0,
        };
        let expect = if latest == 0 {
            Expect::Absent
        } else {
            Expect::Latest(latest)
        };
        let version = latest.saturating_add(1);
        let mut change = MetadataChange::default();
        let note = format!("{}:{version}", read.metadata.version);
        change
            .annotations
            .insert(SOURCE.to_owned(), Some(source.to_string()));
        change.annotations.insert(VERSIONS.to_owned(), Some(note));
        let request = PutRequest::new(value).expect(expect).with_metadata(change);
        let written = store.put(&name, request).await.map_err(failed)?;
        Ok(Self {
            source_version: Value::Known(read.metadata.version),
            version: Value::Known(written.version),
            ..self
        })
    }
}
