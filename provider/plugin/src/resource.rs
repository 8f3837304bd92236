//! Managed resources: what Terraform creates, updates, deletes and remembers.

use std::future::Future;
use std::time::Duration;

use crate::Result;
use crate::context::Context;
use crate::cty::Cty;
use crate::identity::IdentityModel;
use crate::model::Model;
use crate::plan::Plan;
use crate::provider::Provider;
use crate::raw_state::RawState;

/// A managed resource. The struct is its configuration, its plan and its state in one.
///
/// The SDK keeps Terraform's rules: what the configuration sets comes back as it was, write-only values are null
/// wherever they could be stored, computed values are unknown in a plan only when something changes. Abilities:
/// [`ModifyPlan`], [`Import`], [`Identify`], [`ImportByIdentity`], [`Upgrade`], [`Move`],
/// [`ValidateConfig`](crate::ValidateConfig), switched on where it is registered.
///
/// A handler that got half way returns the state that it reached and [reports](crate::Call::report) the error:
/// Terraform then stores that state, and marks a half-created object as tainted.
pub trait Resource: Model {
    /// The provider that offers it.
    type Provider: Provider;

    /// The full type name: `coffer_secret`.
    const TYPE_NAME: &'static str;
    /// Counts the changes of the struct that need [`Upgrade`].
    const VERSION: i64 = 0;
    /// How long each call may take, unless `timeouts {}` says otherwise.
    const TIMEOUT: Duration = Duration::from_secs(20 * 60);

    /// Creates the object. Every computed attribute of the result must be known.
    ///
    /// # Errors
    /// Diagnostics: nothing was created.
    fn create(
        ctx: &Context<Self::Provider>,
        change: Create<Self>,
    ) -> impl Future<Output = Result<Self>> + Send;

    /// Reads the object as it is now; `None` if it is gone.
    ///
    /// # Errors
    /// Diagnostics: nothing is known about it now.
    fn read(
        ctx: &Context<Self::Provider>,
        state: Self,
    ) -> impl Future<Output = Result<Option<Self>>> + Send;

    /// Changes the object.
    ///
    /// # Errors
    /// Diagnostics: it is as it was.
    fn update(
        ctx: &Context<Self::Provider>,
        change: Update<Self>,
    ) -> impl Future<Output = Result<Self>> + Send;

    /// Deletes the object. One that is gone already is no error.
    ///
    /// # Errors
    /// Diagnostics: it is still there.
    fn delete(
        ctx: &Context<Self::Provider>,
        state: Self,
    ) -> impl Future<Output = Result<()>> + Send;
}

/// An object to be created.
#[derive(Debug)]
#[non_exhaustive]
pub struct Create<R> {
    /// What was planned: defaults filled in, computed values unknown, write-only values null.
    pub plan: R,
    /// The configuration, with write-only values in clear.
    pub config: R,
}

/// An object to be changed.
#[derive(Debug)]
#[non_exhaustive]
pub struct Update<R> {
    /// What is stored.
    pub prior: R,
    /// What was planned: defaults filled in, write-only values null.
    pub plan: R,
    /// The configuration, with write-only values in clear.
    pub config: R,
}

/// The ability to have a say in the plan. Switched on with `.modifies_plan()`.
pub trait ModifyPlan: Resource {
    /// Looks at a planned creation or change and adapts it. The provider is configured, though perhaps with
    /// values that are still unknown.
    ///
    /// # Errors
    /// Diagnostics.
    fn modify_plan(
        ctx: &Context<Self::Provider>,
        plan: &mut Plan<Self>,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Looks at a planned deletion, to warn or to refuse.
    ///
    /// # Errors
    /// Diagnostics.
    fn plan_delete(
        ctx: &Context<Self::Provider>,
        state: &Self,
    ) -> impl Future<Output = Result<()>> + Send {
        let _ = (ctx, state);
        async { Ok(()) }
    }
}

/// The ability to take over an object that exists, by its ID. Switched on with `.imports()`.
pub trait Import: Resource {
    /// Finds the object by `id` and returns at least what [`Resource::read`] needs: Terraform reads it next.
    ///
    /// # Errors
    /// Diagnostics.
    fn import(ctx: &Context<Self::Provider>, id: &str)
    -> impl Future<Output = Result<Self>> + Send;
}

/// The ability to say what identifies an object for good (Terraform 1.12 and later). Switched on with
/// `.identifies()`.
pub trait Identify: Resource {
    /// What identifies it.
    type Identity: IdentityModel;

    /// The identity of a stored object.
    fn identity(state: &Self) -> Self::Identity;
}

/// The ability to take over an object that exists, by its identity. Switched on with `.imports_by_identity()`.
pub trait ImportByIdentity: Identify {
    /// Finds the object by `identity` and returns at least what [`Resource::read`] needs.
    ///
    /// # Errors
    /// Diagnostics.
    fn import_by_identity(
        ctx: &Context<Self::Provider>,
        identity: Self::Identity,
    ) -> impl Future<Output = Result<Self>> + Send;
}

/// The ability to read state that an older version of the resource stored. Switched on with `.upgrades()`.
pub trait Upgrade: Resource {
    /// Makes today's state of one that `version`, which is older than [`Resource::VERSION`], stored. Pure.
    ///
    /// # Errors
    /// Diagnostics.
    fn upgrade(version: i64, state: RawState) -> Result<Self>;
}

/// The ability to take over an object from another resource type (`moved` blocks). Switched on with `.moves()`.
pub trait Move: Resource {
    /// Makes a state of one of another type; `None` if that cannot be its source. Pure.
    ///
    /// # Errors
    /// Diagnostics.
    fn move_from(source: MoveSource) -> Result<Option<Self>>;
}

/// What a resource is moved from.
#[derive(Debug)]
#[non_exhaustive]
pub struct MoveSource {
    /// The address of the provider that stored it.
    pub provider_address: String,
    /// Its type name.
    pub type_name: String,
    /// The version of its schema.
    pub schema_version: i64,
    /// What was stored.
    pub state: RawState,
}

impl<R: Resource> Create<R> {
    pub(crate) fn from_cty(plan: Cty, config: Cty) -> Result<Self> {
        Ok(Self {
            plan: R::from_cty(plan)?,
            config: R::from_cty(config)?,
        })
    }
}

impl<R: Resource> Update<R> {
    pub(crate) fn from_cty(prior: Cty, plan: Cty, config: Cty) -> Result<Self> {
        Ok(Self {
            prior: R::from_cty(prior)?,
            plan: R::from_cty(plan)?,
            config: R::from_cty(config)?,
        })
    }
}
