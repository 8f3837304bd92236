//! Managed resources without their types.

use std::sync::OnceLock;
use std::time::Duration;

use crate::Result;
use crate::context::Context;
use crate::cty::Cty;
use crate::diagnostic::Diagnostics;
use crate::identity::IdentityModel;
use crate::path::Path;
use crate::plan::Plan;
use crate::provider::Provider;
use crate::raw_state::RawState;
use crate::resource::{
    Create, Identify, Import, ImportByIdentity, ModifyPlan, Move, MoveSource, Resource, Update,
    Upgrade,
};
use crate::schema::{IdentityAttribute, Schema};
use crate::validate_config::ValidateConfig;

use super::{BoxFuture, ConfigRule, encoded, judge};

type Ctx<R> = Context<<R as Resource>::Provider>;

type ModifyPlanFn<R> = for<'a> fn(&'a Ctx<R>, &'a mut Plan<R>) -> BoxFuture<'a, Result<()>>;
type PlanDeleteFn<R> = for<'a> fn(&'a Ctx<R>, &'a R) -> BoxFuture<'a, Result<()>>;
type ImportFn<R> = for<'a> fn(&'a Ctx<R>, &'a str) -> BoxFuture<'a, Result<R>>;
type ImportByIdentityFn<R> = for<'a> fn(&'a Ctx<R>, Cty) -> BoxFuture<'a, Result<R>>;
type UpgradeFn<R> = fn(i64, RawState) -> Result<R>;
type MoveFn<R> = fn(MoveSource) -> Result<Option<R>>;

/// A managed resource and its abilities. Made by [`resource`].
pub struct ResourceRegistration<R: Resource> {
    schema: OnceLock<Schema>,
    validate: Option<ConfigRule<R>>,
    modify_plan: Option<ModifyPlanFn<R>>,
    plan_delete: Option<PlanDeleteFn<R>>,
    import: Option<ImportFn<R>>,
    identity: Option<Identity<R>>,
    import_by_identity: Option<ImportByIdentityFn<R>>,
    upgrade: Option<UpgradeFn<R>>,
    move_from: Option<MoveFn<R>>,
}

struct Identity<R> {
    version: i64,
    attributes: fn() -> Vec<IdentityAttribute>,
    of: fn(&R) -> Cty,
}

/// Registers the managed resource `R`, without abilities yet.
#[must_use]
pub fn resource<R: Resource>() -> ResourceRegistration<R> {
    ResourceRegistration {
        schema: OnceLock::new(),
        validate: None,
        modify_plan: None,
        plan_delete: None,
        import: None,
        identity: None,
        import_by_identity: None,
        upgrade: None,
        move_from: None,
    }
}

impl<R: Resource> ResourceRegistration<R> {
    /// It judges its configuration.
    #[must_use]
    pub fn validates(mut self) -> Self
    where
        R: ValidateConfig,
    {
        self.validate = Some(R::validate_config);
        self
    }

    /// It has a say in its plan.
    #[must_use]
    pub fn modifies_plan(mut self) -> Self
    where
        R: ModifyPlan,
    {
        self.modify_plan = Some(|ctx, plan| Box::pin(R::modify_plan(ctx, plan)));
        self.plan_delete = Some(|ctx, state| Box::pin(R::plan_delete(ctx, state)));
        self
    }

    /// It can be imported by ID.
    #[must_use]
    pub fn imports(mut self) -> Self
    where
        R: Import,
    {
        self.import = Some(|ctx, id| Box::pin(R::import(ctx, id)));
        self
    }

    /// It has an identity.
    #[must_use]
    pub fn identifies(mut self) -> Self
    where
        R: Identify,
    {
        self.identity = Some(Identity {
            version: R::Identity::VERSION,
            attributes: R::Identity::attributes,
            of: |state| R::identity(state).to_cty(),
        });
        self
    }

    /// It has an identity, and can be imported by it.
    #[must_use]
    pub fn imports_by_identity(self) -> Self
    where
        R: ImportByIdentity,
    {
        let mut this = self.identifies();
        this.import_by_identity = Some(|ctx, identity| {
            Box::pin(
                async move { R::import_by_identity(ctx, R::Identity::from_cty(identity)?).await },
            )
        });
        this
    }

    /// It reads state of older versions.
    #[must_use]
    pub fn upgrades(mut self) -> Self
    where
        R: Upgrade,
    {
        self.upgrade = Some(R::upgrade);
        self
    }

    /// It takes over objects of other types.
    #[must_use]
    pub fn moves(mut self) -> Self
    where
        R: Move,
    {
        self.move_from = Some(R::move_from);
        self
    }
}

impl<R: Resource> std::fmt::Debug for ResourceRegistration<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ResourceRegistration({})", R::TYPE_NAME)
    }
}

/// By what an object is to be found.
pub(crate) enum ImportSource {
    Id(String),
    Identity(Cty),
}

/// A managed resource whose Rust type is forgotten.
pub(crate) trait AnyResource<P: Provider>: Send + Sync {
    fn schema(&self) -> &Schema;
    fn timeout(&self) -> Duration;
    /// Version and attributes of the identity.
    fn identity_schema(&self) -> Option<(i64, Vec<IdentityAttribute>)>;
    /// The identity of a state that is not null.
    fn identity(&self, state: &Cty) -> Result<Option<Cty>>;
    fn validate(&self, config: Cty, diagnostics: &mut Diagnostics);
    /// The modified plan and the paths that require replacement; `None` if it has no say.
    fn modify_plan<'a>(
        &'a self,
        ctx: &'a Context<P>,
        config: &'a Cty,
        prior: &'a Cty,
        planned: &'a Cty,
    ) -> BoxFuture<'a, Result<Option<ModifiedPlan>>>;
    fn plan_delete<'a>(&'a self, ctx: &'a Context<P>, prior: Cty) -> BoxFuture<'a, Result<()>>;
    fn create<'a>(
        &'a self,
        ctx: &'a Context<P>,
        plan: Cty,
        config: Cty,
    ) -> BoxFuture<'a, Result<Cty>>;
    fn read<'a>(&'a self, ctx: &'a Context<P>, state: Cty) -> BoxFuture<'a, Result<Option<Cty>>>;
    fn update<'a>(
        &'a self,
        ctx: &'a Context<P>,
        prior: Cty,
        plan: Cty,
        config: Cty,
    ) -> BoxFuture<'a, Result<Cty>>;
    fn delete<'a>(&'a self, ctx: &'a Context<P>, state: Cty) -> BoxFuture<'a, Result<()>>;
    /// `None` if it cannot be imported in this way.
    fn import<'a>(
        &'a self,
        ctx: &'a Context<P>,
        source: ImportSource,
    ) -> Option<BoxFuture<'a, Result<Cty>>>;
    /// `None` if it cannot upgrade.
    fn upgrade(&self, version: i64, state: RawState) -> Option<Result<Cty>>;
    /// `None` if nothing can be moved to it.
    fn move_from(&self, source: MoveSource) -> Option<Result<Option<Cty>>>;
}

/// What the author's say did to a plan.
pub(crate) struct ModifiedPlan {
    /// What was planned, as the author's struct shows it, before.
    pub(crate) before: Cty,
    /// The same after.
    pub(crate) after: Cty,
    /// Attributes that require replacement.
    pub(crate) replace: Vec<Path>,
}

impl<P: Provider, R: Resource<Provider = P>> AnyResource<P> for ResourceRegistration<R> {
    fn schema(&self) -> &Schema {
        self.schema.get_or_init(|| Schema {
            version: R::VERSION,
            block: R::block(),
        })
    }

    fn timeout(&self) -> Duration {
        R::TIMEOUT
    }

    fn identity_schema(&self) -> Option<(i64, Vec<IdentityAttribute>)> {
        self.identity
            .as_ref()
            .map(|identity| (identity.version, (identity.attributes)()))
    }

    fn identity(&self, state: &Cty) -> Result<Option<Cty>> {
        match &self.identity {
            None => Ok(None),
            Some(identity) => Ok(Some((identity.of)(&R::from_cty(state.clone())?))),
        }
    }

    fn validate(&self, config: Cty, diagnostics: &mut Diagnostics) {
        judge(self.validate, config, diagnostics);
    }

    fn modify_plan<'a>(
        &'a self,
        ctx: &'a Context<P>,
        config: &'a Cty,
        prior: &'a Cty,
        planned: &'a Cty,
    ) -> BoxFuture<'a, Result<Option<ModifiedPlan>>> {
        Box::pin(async move {
            let Some(modify_plan) = self.modify_plan else {
                return Ok(None);
            };
            let mut plan = Plan::<R>::from_cty(config.clone(), prior.clone(), planned.clone())?;
            let before = plan.planned.to_cty();
            modify_plan(ctx, &mut plan).await?;
            Ok(Some(ModifiedPlan {
                before,
                after: plan.planned.to_cty(),
                replace: plan.replace,
            }))
        })
    }

    fn plan_delete<'a>(&'a self, ctx: &'a Context<P>, prior: Cty) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            match self.plan_delete {
                None => Ok(()),
                Some(plan_delete) => plan_delete(ctx, &R::from_cty(prior)?).await,
            }
        })
    }

    fn create<'a>(
        &'a self,
        ctx: &'a Context<P>,
        plan: Cty,
        config: Cty,
    ) -> BoxFuture<'a, Result<Cty>> {
        Box::pin(async move { encoded(R::create(ctx, Create::from_cty(plan, config)?).await) })
    }

    fn read<'a>(&'a self, ctx: &'a Context<P>, state: Cty) -> BoxFuture<'a, Result<Option<Cty>>> {
        Box::pin(async move {
            let read = R::read(ctx, R::from_cty(state)?).await?;
            Ok(read.map(|state| state.to_cty()))
        })
    }

    fn update<'a>(
        &'a self,
        ctx: &'a Context<P>,
        prior: Cty,
        plan: Cty,
        config: Cty,
    ) -> BoxFuture<'a, Result<Cty>> {
        Box::pin(
            async move { encoded(R::update(ctx, Update::from_cty(prior, plan, config)?).await) },
        )
    }

    fn delete<'a>(&'a self, ctx: &'a Context<P>, state: Cty) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { R::delete(ctx, R::from_cty(state)?).await })
    }

    fn import<'a>(
        &'a self,
        ctx: &'a Context<P>,
        source: ImportSource,
    ) -> Option<BoxFuture<'a, Result<Cty>>> {
        match source {
            ImportSource::Id(id) => {
                let import = self.import?;
                Some(Box::pin(async move { encoded(import(ctx, &id).await) }))
            }
            ImportSource::Identity(identity) => {
                let import = self.import_by_identity?;
                Some(Box::pin(
                    async move { encoded(import(ctx, identity).await) },
                ))
            }
        }
    }

    fn upgrade(&self, version: i64, state: RawState) -> Option<Result<Cty>> {
        self.upgrade.map(|upgrade| encoded(upgrade(version, state)))
    }

    fn move_from(&self, source: MoveSource) -> Option<Result<Option<Cty>>> {
        let move_from = self.move_from?;
        Some(move_from(source).map(|state| state.map(|state| state.to_cty())))
    }
}
