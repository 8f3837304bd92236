//! What a refresh finds of a secret.

use coffer_backend::Error;
use coffer_plugin::{Context, Result};
use coffer_vault::{SecretMetadata, SecretName};

use crate::Coffer;
use crate::failure::{cannot, cannot_about};
use crate::place::Place;

/// What a refresh finds.
pub(crate) enum Found {
    /// The secret.
    There(Box<SecretMetadata>),
    /// It does not exist, or is deleted.
    Gone,
    /// The store cannot be asked while Terraform plans. What is known stays; the user has been warned.
    CannotTell,
}

/// Looks at the secret `name` in `place`; reads no value.
///
/// # Errors
/// The store's error, unless it says that the secret is missing.
pub(crate) async fn look(ctx: &Context<Coffer>, place: &Place, name: &SecretName) -> Result<Found> {
    let doing = format!("look at the secret {name}");
    match place.store(ctx)?.metadata(name).await {
        Ok(found) if found.deleted.is_none() => Ok(Found::There(Box::new(found))),
        Ok(_) => Ok(Found::Gone),
        Err(error) if error.is_missing_secret() => Ok(Found::Gone),
        Err(error @ Error::NotReady { .. }) => {
            let warning = cannot(&doing, &error);
            ctx.warn(warning.summary, warning.detail);
            Ok(Found::CannotTell)
        }
        Err(error) => Err(cannot_about(&doing, &error).into()),
    }
}
