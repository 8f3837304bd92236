//! Rotating: generating the new version, once.

use coffer_backend::{Error, ErrorKind};
use coffer_plugin::{Context, Diagnostic, Result};
use coffer_vault::{Expect, MetadataChange, PutRequest, SecretMetadata, Timestamp};

use super::Rotation;
use super::due::Reason;
use crate::Coffer;
use crate::failure::cannot_about;
use crate::name::Name;
use crate::password::sentence;

pub(super) async fn create(ctx: &Context<Coffer>, plan: Rotation) -> Result<Rotation> {
    let name = Name::required(&plan.name)?;
    let store = plan.place.store(ctx)?;
    let failed = |error: Error| cannot_about(&format!("rotate the secret {name}"), &error);
    match store.metadata(&name).await {
        Ok(found) if found.deleted.is_none() && found.current.is_some() => {
            let reason = Reason::of(None, &plan, &found, Timestamp::now());
            let found = match reason {
                Some(_) => rotate(ctx, &plan, found).await?,
                None => found,
            };
            return Ok(plan.refreshed(&found));
        }
        Ok(found) if found.deleted.is_some() => {
            let restored = store.restore(&name).await.map_err(failed)?;
            let found = rotate(ctx, &plan, restored).await?;
            return Ok(plan.refreshed(&found));
        }
        Ok(found) => {
            let found = rotate(ctx, &plan, found).await?;
            return Ok(plan.refreshed(&found));
        }
        Err(error) if error.is_missing_secret() => {}
        Err(error) => return Err(failed(error).into()),
    }
    // The first version has nothing before it to stay current: it is current at once.
    let request = PutRequest::new(plan.generated()?).expect(Expect::Absent);
    store.put(&name, request).await.map_err(failed)?;
    let found = store.metadata(&name).await.map_err(failed)?;
    Ok(plan.refreshed(&found))
}

pub(super) async fn update(
    ctx: &Context<Coffer>,
    prior: &Rotation,
    plan: Rotation,
) -> Result<Rotation> {
    let name = Name::required(&plan.name)?;
    let store = plan.place.store(ctx)?;
    let failed = |error: Error| cannot_about(&format!("rotate the secret {name}"), &error);
    // A version that the plan has shown as it is stays, whatever has become due since.
    if plan.version.is_known() {
        return Ok(plan.with_next_rotation());
    }
    let found = store.metadata(&name).await.map_err(failed)?;
    let reason = Reason::of(Some(prior), &plan, &found, Timestamp::now());
    // Someone else has rotated since the plan was made: once is enough.
    let rotated_meanwhile = prior.version.as_known() < found.current.as_ref();
    let found = match reason {
        Some(_) if !rotated_meanwhile => rotate(ctx, &plan, found).await?,
        _ => found,
    };
    Ok(plan.refreshed(&found))
}

/// Generates a version and stages it, unless someone else is faster.
async fn rotate(
    ctx: &Context<Coffer>,
    plan: &Rotation,
    found: SecretMetadata,
) -> Result<SecretMetadata> {
    let store = plan.place.store(ctx)?;
    let name = &found.name;
    let failed = |error: Error| cannot_about(&format!("rotate the secret {name}"), &error);
    let deferred = plan.is_deferred();
    let mut request = PutRequest::new(plan.generated()?)
        .expect(Expect::Latest(found.latest))
        .with_metadata(MetadataChange::default());
    if deferred && found.current.is_some() {
        request = request.pending();
    }
    match store.put(name, request).await {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::Conflict => {
            ctx.warn(
                format!("{name} was rotated by someone else"),
                "A new version was stored between the plan and now. It is used, and none was generated here.",
            );
        }
        Err(error) => return Err(failed(error).into()),
    }
    Ok(store.metadata(name).await.map_err(failed)?)
}

impl Rotation {
    fn generated(&self) -> Result<coffer_vault::Secret> {
        let policy = self
            .generate
            .as_ref()
            .map(crate::password::PasswordArguments::policy)
            .unwrap_or_default();
        let generated = policy.generate().map_err(|error| {
            Diagnostic::error("No value could be generated", sentence(&error)).at("generate")
        })?;
        Ok(generated.value)
    }
}
