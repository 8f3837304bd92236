//! Writing a `coffer_secret`.

use std::collections::BTreeMap;

use coffer_backend::{Error, ErrorKind, SecretStore};
use coffer_plugin::{Context, Create, Diagnostic, Diagnostics, Result, Update, Value};
use coffer_rotation::generator::PasswordPolicy;
use coffer_vault::{
    Expect, MetadataChange, PutRequest, Secret, SecretName, Timestamp, VersionMetadata,
};

use super::plan::{Intent, exists, is_conflict};
use super::{IMPORTED, StoredSecret};
use crate::Coffer;
use crate::ephemeral::whole_bits;
use crate::failure::cannot_about;
use crate::name::Name;
use crate::password::sentence;
use crate::secret_text::SecretText;

/// A value to be written.
struct Fresh {
    value: Secret,
    entropy_bits: Option<i64>,
    content_type: Option<&'static str>,
}

pub(super) async fn create(
    ctx: &Context<Coffer>,
    change: Create<StoredSecret>,
) -> Result<StoredSecret> {
    let Create { plan, config, .. } = change;
    let name = Name::required(&plan.name)?;
    let store = plan.place.store(ctx)?;
    let fresh = config.fresh()?;
    let doing = format!("store the secret {name}");
    let failed = |error: Error| cannot_about(&doing, &error);
    let request = plan.request(&fresh, plan.metadata_change(None));
    let written = put(store, &name, request.clone().expect(Expect::Absent)).await;
    let error = match written {
        Ok(version) => {
            let created = version.created;
            return Ok(plan.with_version(&version, created, fresh.entropy_bits));
        }
        Err(error) => error,
    };
    // A deleted secret of this name is brought back, and its history goes on.
    let found = if error.is_deleted() {
        store.restore(&name).await.map_err(failed)?
    } else if !is_conflict(&error) {
        return Err(failed(error).into());
    } else {
        match plan.on_existing.as_known().map(String::as_str) {
            Some("adopt") => return adopt(ctx, plan, &config, fresh).await,
            Some("overwrite") => store.metadata(&name).await.map_err(failed)?,
            _ => return Err(exists(&name).into()),
        }
    };
    let request = request.expect(Expect::Latest(found.latest));
    let version = put(store, &name, request).await.map_err(failed)?;
    Ok(plan.with_version(&version, found.created, fresh.entropy_bits))
}

/// Takes over a secret that exists: its value stays unless the configuration hands over another one.
async fn adopt(
    ctx: &Context<Coffer>,
    plan: StoredSecret,
    config: &StoredSecret,
    fresh: Fresh,
) -> Result<StoredSecret> {
    let name = Name::required(&plan.name)?;
    let store = plan.place.store(ctx)?;
    let doing = format!("take over the secret {name}");
    let failed = |error: Error| cannot_about(&doing, &error);
    let change = plan.metadata_change(None);
    let found = store.metadata(&name).await.map_err(failed)?;
    let stays = found.current.is_some()
        && (config.generate.is_some()
            || store
                .matches_current(&name, &fresh.value)
                .await
                .map_err(failed)?);
    if !stays {
        let request = plan
            .request(&fresh, change)
            .expect(Expect::Latest(found.latest));
        let version = put(store, &name, request).await.map_err(failed)?;
        return Ok(plan.with_version(&version, found.created, fresh.entropy_bits));
    }
    let adopted = if change == MetadataChange::default() {
        found
    } else {
        store.update(&name, change).await.map_err(failed)?
    };
    let (description, labels) = (plan.description.clone(), plan.labels.clone());
    Ok(StoredSecret {
        description,
        labels,
        entropy_bits: Value::Null,
        ..plan.refreshed(&adopted)
    })
}

pub(super) async fn update(
    ctx: &Context<Coffer>,
    change: Update<StoredSecret>,
) -> Result<StoredSecret> {
    let Update {
        prior,
        plan,
        config,
        ..
    } = change;
    let name = Name::required(&plan.name)?;
    let store = plan.place.store(ctx)?;
    let doing = format!("change the secret {name}");
    let failed = |error: Error| cannot_about(&doing, &error);
    let metadata = plan.metadata_change(Some(&prior));
    // A version that the plan has shown as it is stays: what was approved is what is done.
    let intent = if plan.version.is_unknown() {
        Intent::of(ctx, &prior, &plan)
    } else {
        Intent::Keep
    };
    let fresh = match intent {
        Intent::Keep => None,
        Intent::Write => Some(config.fresh()?),
        Intent::WriteIfDifferent => {
            let fresh = config.fresh()?;
            let same = store
                .matches_current(&name, &fresh.value)
                .await
                .map_err(failed)?;
            (!same).then_some(fresh)
        }
    };
    let updated = match fresh {
        Some(fresh) => {
            let version = put(store, &name, plan.request(&fresh, metadata))
                .await
                .map_err(failed)?;
            let created_time = prior.created_time.clone();
            StoredSecret {
                created_time,
                ..plan.with_version(&version, version.created, fresh.entropy_bits)
            }
        }
        None => {
            if metadata != MetadataChange::default() {
                store.update(&name, metadata).await.map_err(failed)?;
            }
            StoredSecret {
                version: prior.version,
                created_time: prior.created_time,
                last_changed_time: prior.last_changed_time,
                expiration_date: prior.expiration_date,
                entropy_bits: prior.entropy_bits,
                ..plan
            }
        }
    };
    ctx.private().remove(IMPORTED);
    Ok(updated)
}

/// Puts, and once more where the first attempt may or may not have been written: the token makes sure that it is
/// written once.
async fn put(
    store: &dyn SecretStore,
    name: &SecretName,
    request: PutRequest,
) -> Result<VersionMetadata, Error> {
    let token = PasswordPolicy::default().generate().ok();
    let token = token
        .as_ref()
        .and_then(|token| token.value.danger_expose_str().ok());
    let Some(token) = token else {
        return store.put(name, request).await;
    };
    let request = request.idempotency_token(token);
    match store.put(name, request.clone()).await {
        Err(error) if error.kind() == ErrorKind::OutcomeUnknown => store.put(name, request).await,
        answer => answer,
    }
}

impl StoredSecret {
    /// The value that the configuration hands over; null where it has one generated.
    pub(super) fn given(&self) -> Value<Secret> {
        match &self.value_wo {
            Value::Known(text) => Value::Known(text.clone().into_secret()),
            Value::Unknown => Value::Unknown,
            Value::Null => self.data_wo.as_ref().map(json_of),
        }
    }

    /// The value to be written: the one that is handed over, or a generated one.
    fn fresh(&self) -> Result<Fresh> {
        if let Some(generate) = &self.generate {
            let generated = generate.policy().generate().map_err(|error| {
                Diagnostic::error("No value could be generated", sentence(&error)).at("generate")
            })?;
            return Ok(Fresh {
                value: generated.value,
                entropy_bits: Some(whole_bits(generated.entropy_bits)),
                content_type: None,
            });
        }
        let (attribute, content_type) = if self.data_wo.is_null() {
            ("value_wo", None)
        } else {
            ("data_wo", Some("application/json"))
        };
        let value = self.given().require(attribute).map_err(Diagnostics::from)?;
        Ok(Fresh {
            value,
            entropy_bits: None,
            content_type,
        })
    }

    fn request(&self, fresh: &Fresh, metadata: MetadataChange) -> PutRequest {
        let mut request = PutRequest::new(fresh.value.clone()).with_metadata(metadata);
        if let Some(content_type) = fresh.content_type {
            request = request.content_type(content_type);
        }
        if let Some(period) = self.expires_after.as_known() {
            request = request.expires(period.after(Timestamp::now()));
        }
        request
    }

    /// What of the metadata differs from `prior`, or from a secret without any.
    fn metadata_change(&self, prior: Option<&Self>) -> MetadataChange {
        let mut change = MetadataChange::default();
        let before =
            |get: fn(&Self) -> &Value<String>| prior.and_then(|prior| get(prior).as_known());
        if self.description.as_known() != before(|it| &it.description) {
            change.description = Some(self.description.clone().known_or_else(String::new));
        }
        let empty = BTreeMap::new();
        let wanted = self.labels.as_known().unwrap_or(&empty);
        let stored = prior
            .and_then(|prior| prior.labels.as_known())
            .unwrap_or(&empty);
        for key in stored.keys().filter(|key| !wanted.contains_key(*key)) {
            change.labels.insert(key.clone(), None);
        }
        for (key, value) in wanted {
            if stored.get(key) != Some(value) {
                change.labels.insert(key.clone(), Some(value.clone()));
            }
        }
        let keep = self.versions_to_keep.as_known();
        if keep != prior.and_then(|prior| prior.versions_to_keep.as_known()) {
            change.versions_to_keep = Some(keep.copied().unwrap_or(0));
        }
        change
    }

    /// As it is once `version` is current.
    fn with_version(
        self,
        version: &VersionMetadata,
        created: Timestamp,
        entropy_bits: Option<i64>,
    ) -> Self {
        Self {
            version: Value::Known(version.version),
            created_time: Value::Known(created.to_string()),
            last_changed_time: Value::Known(version.created.to_string()),
            expiration_date: version.expires.map(|time| time.to_string()).into(),
            entropy_bits: entropy_bits.into(),
            ..self
        }
    }
}

/// The members as a JSON object, in the order of their names, so that the same members are the same value.
fn json_of(members: &BTreeMap<String, SecretText>) -> Secret {
    let members: BTreeMap<&str, &str> = members
        .iter()
        .map(|(name, value)| (name.as_str(), value.danger_expose()))
        .collect();
    // A map of texts always has a JSON form.
    Secret::new(serde_json::to_vec(&members).unwrap_or_default())
}
