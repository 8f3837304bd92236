//! Ephemeral resources without their types.

use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use serde_json::Value as Json;

use crate::Result;
use crate::context::Context;
use crate::cty::Cty;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ephemeral::{Close, EphemeralResource, Renew};
use crate::provider::Provider;
use crate::schema::Schema;
use crate::validate_config::ValidateConfig;

use super::{BoxFuture, ConfigRule, judge};

type Ctx<E> = Context<<E as EphemeralResource>::Provider>;
type Lease<E> = <E as EphemeralResource>::Lease;

type RenewFn<E> = for<'a> fn(&'a Ctx<E>, &'a Lease<E>) -> BoxFuture<'a, Result<Option<SystemTime>>>;

type CloseFn<E> = for<'a> fn(&'a Ctx<E>, Lease<E>) -> BoxFuture<'a, Result<()>>;

/// An ephemeral resource and its abilities. Made by [`ephemeral`].
pub struct EphemeralRegistration<E: EphemeralResource> {
    schema: OnceLock<Schema>,
    validate: Option<ConfigRule<E>>,
    renew: Option<RenewFn<E>>,
    close: Option<CloseFn<E>>,
}

/// Registers the ephemeral resource `E`, without abilities yet.
#[must_use]
pub fn ephemeral<E: EphemeralResource>() -> EphemeralRegistration<E> {
    EphemeralRegistration {
        schema: OnceLock::new(),
        validate: None,
        renew: None,
        close: None,
    }
}

impl<E: EphemeralResource> EphemeralRegistration<E> {
    /// It judges its configuration.
    #[must_use]
    pub fn validates(mut self) -> Self
    where
        E: ValidateConfig,
    {
        self.validate = Some(E::validate_config);
        self
    }

    /// Its lease can be extended.
    #[must_use]
    pub fn renews(mut self) -> Self
    where
        E: Renew,
    {
        self.renew = Some(|ctx, lease| Box::pin(E::renew(ctx, lease)));
        self
    }

    /// Its lease is given back.
    #[must_use]
    pub fn closes(mut self) -> Self
    where
        E: Close,
    {
        self.close = Some(|ctx, lease| Box::pin(E::close(ctx, lease)));
        self
    }
}

impl<E: EphemeralResource> std::fmt::Debug for EphemeralRegistration<E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "EphemeralRegistration({})", E::TYPE_NAME)
    }
}

/// An open ephemeral resource whose Rust type is forgotten.
pub(crate) struct AnyOpened {
    pub(crate) result: Cty,
    pub(crate) lease: Json,
    pub(crate) renew_at: Option<SystemTime>,
}

/// An ephemeral resource whose Rust type is forgotten.
pub(crate) trait AnyEphemeral<P: Provider>: Send + Sync {
    fn schema(&self) -> &Schema;
    fn timeout(&self) -> Duration;
    /// Whether closing it does anything.
    fn closes(&self) -> bool;
    fn validate(&self, config: Cty, diagnostics: &mut Diagnostics);
    fn open<'a>(&'a self, ctx: &'a Context<P>, config: Cty) -> BoxFuture<'a, Result<AnyOpened>>;
    fn renew<'a>(
        &'a self,
        ctx: &'a Context<P>,
        lease: Json,
    ) -> BoxFuture<'a, Result<Option<SystemTime>>>;
    fn close<'a>(&'a self, ctx: &'a Context<P>, lease: Json) -> BoxFuture<'a, Result<()>>;
}

fn lease<E: EphemeralResource>(json: Json) -> Result<E::Lease> {
    serde_json::from_value(json).map_err(|_| {
        Diagnostic::error(
            "Lease cannot be read",
            format!(
                "Terraform handed back private data of {} that this provider did not write, or none. \
                 The lease ends by itself when its time is up.",
                E::TYPE_NAME
            ),
        )
        .into()
    })
}

impl<P: Provider, E: EphemeralResource<Provider = P>> AnyEphemeral<P> for EphemeralRegistration<E> {
    fn schema(&self) -> &Schema {
        self.schema.get_or_init(|| Schema {
            version: 0,
            block: E::block(),
        })
    }

    fn timeout(&self) -> Duration {
        E::TIMEOUT
    }

    fn closes(&self) -> bool {
        self.close.is_some()
    }

    fn validate(&self, config: Cty, diagnostics: &mut Diagnostics) {
        judge(self.validate, config, diagnostics);
    }

    fn open<'a>(&'a self, ctx: &'a Context<P>, config: Cty) -> BoxFuture<'a, Result<AnyOpened>> {
        Box::pin(async move {
            let opened = E::open(ctx, E::from_cty(config)?).await?;
            let lease = serde_json::to_value(&opened.lease).map_err(|_| {
                Diagnostic::error(
                    "Lease cannot be kept",
                    format!(
                        "The lease of {} has no JSON form. This is a bug.",
                        E::TYPE_NAME
                    ),
                )
            })?;
            Ok(AnyOpened {
                result: opened.result.to_cty(),
                lease,
                renew_at: opened.renew_at,
            })
        })
    }

    fn renew<'a>(
        &'a self,
        ctx: &'a Context<P>,
        json: Json,
    ) -> BoxFuture<'a, Result<Option<SystemTime>>> {
        Box::pin(async move {
            match self.renew {
                None => Ok(None),
                Some(renew) => renew(ctx, &lease::<E>(json)?).await,
            }
        })
    }

    fn close<'a>(&'a self, ctx: &'a Context<P>, json: Json) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            match self.close {
                None => Ok(()),
                Some(close) => close(ctx, lease::<E>(json)?).await,
            }
        })
    }
}
