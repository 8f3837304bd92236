//! Actions without their types.

use std::sync::OnceLock;
use std::time::Duration;

use crate::Result;
use crate::action::{Action, Progress};
use crate::context::Context;
use crate::cty::Cty;
use crate::diagnostic::Diagnostics;
use crate::provider::Provider;
use crate::schema::Schema;
use crate::validate_config::ValidateConfig;

use super::{BoxFuture, ConfigRule, judge};

/// An action and its abilities. Made by [`action`].
pub struct ActionRegistration<A: Action> {
    schema: OnceLock<Schema>,
    validate: Option<ConfigRule<A>>,
}

/// Registers the action `A`, without abilities yet.
#[must_use]
pub fn action<A: Action>() -> ActionRegistration<A> {
    ActionRegistration {
        schema: OnceLock::new(),
        validate: None,
    }
}

impl<A: Action> ActionRegistration<A> {
    /// It judges its configuration.
    #[must_use]
    pub fn validates(mut self) -> Self
    where
        A: ValidateConfig,
    {
        self.validate = Some(A::validate_config);
        self
    }
}

impl<A: Action> std::fmt::Debug for ActionRegistration<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ActionRegistration({})", A::TYPE_NAME)
    }
}

/// An action whose Rust type is forgotten.
pub(crate) trait AnyAction<P: Provider>: Send + Sync {
    fn schema(&self) -> &Schema;
    fn timeout(&self) -> Duration;
    fn validate(&self, config: Cty, diagnostics: &mut Diagnostics);
    fn plan<'a>(&'a self, ctx: &'a Context<P>, config: Cty) -> BoxFuture<'a, Result<()>>;
    fn invoke<'a>(
        &'a self,
        ctx: &'a Context<P>,
        config: Cty,
        progress: Progress,
    ) -> BoxFuture<'a, Result<()>>;
}

impl<P: Provider, A: Action<Provider = P>> AnyAction<P> for ActionRegistration<A> {
    fn schema(&self) -> &Schema {
        self.schema.get_or_init(|| Schema {
            version: 0,
            block: A::block(),
        })
    }

    fn timeout(&self) -> Duration {
        A::TIMEOUT
    }

    fn validate(&self, config: Cty, diagnostics: &mut Diagnostics) {
        judge(self.validate, config, diagnostics);
    }

    fn plan<'a>(&'a self, ctx: &'a Context<P>, config: Cty) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { A::plan(ctx, &A::from_cty(config)?).await })
    }

    fn invoke<'a>(
        &'a self,
        ctx: &'a Context<P>,
        config: Cty,
        progress: Progress,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { A::invoke(ctx, A::from_cty(config)?, &progress).await })
    }
}
