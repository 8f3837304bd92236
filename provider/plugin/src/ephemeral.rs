//! Ephemeral resources: values that live for one run and are never stored.

use std::future::Future;
use std::time::{Duration, SystemTime};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Result;
use crate::context::Context;
use crate::model::Model;
use crate::provider::Provider;

/// An ephemeral resource. The struct is its configuration and its result in one.
///
/// Terraform opens it in plan and again in apply, in two processes. Abilities: [`Renew`], [`Close`],
/// [`ValidateConfig`](crate::ValidateConfig), switched on where it is registered.
pub trait EphemeralResource: Model {
    /// The provider that offers it.
    type Provider: Provider;
    /// What renewing and closing need, kept in Terraform's memory from open to close; `()` if nothing.
    type Lease: Serialize + DeserializeOwned + Send + Sync + 'static;

    /// The full type name: `coffer_secret`.
    const TYPE_NAME: &'static str;
    /// How long each call may take, unless `timeouts {}` says otherwise.
    const TIMEOUT: Duration = Duration::from_secs(5 * 60);

    /// Opens it. `config` holds known values only. Attributes that the configuration sets are returned to
    /// Terraform as they were, whatever the result says about them; computed ones may be `Unknown`, which
    /// Terraform accepts while planning.
    ///
    /// # Errors
    /// Diagnostics.
    fn open(
        ctx: &Context<Self::Provider>,
        config: Self,
    ) -> impl Future<Output = Result<Opened<Self>>> + Send;
}

/// The ability to extend a lease. Switched on with `.renews()`.
pub trait Renew: EphemeralResource {
    /// Extends the lease and says when to renew next; `None` for never. Terraform 1.11 to 1.14 drop the errors.
    ///
    /// # Errors
    /// Diagnostics.
    fn renew(
        ctx: &Context<Self::Provider>,
        lease: &Self::Lease,
    ) -> impl Future<Output = Result<Option<SystemTime>>> + Send;
}

/// The ability to give a lease back. Switched on with `.closes()`.
///
/// Terraform skips it after some errors. The SDK then calls it when the process ends. It may come twice: closing
/// what is closed is no error.
pub trait Close: EphemeralResource {
    /// Gives the lease back.
    ///
    /// # Errors
    /// Diagnostics.
    fn close(
        ctx: &Context<Self::Provider>,
        lease: Self::Lease,
    ) -> impl Future<Output = Result<()>> + Send;
}

/// An open ephemeral resource.
#[derive(Debug)]
pub struct Opened<E: EphemeralResource> {
    pub(crate) result: E,
    pub(crate) lease: E::Lease,
    pub(crate) renew_at: Option<SystemTime>,
}

impl<E: EphemeralResource> Opened<E> {
    /// With nothing to give back.
    pub fn new(result: E) -> Self
    where
        E: EphemeralResource<Lease = ()>,
    {
        Self::leased(result, ())
    }

    /// With a lease to give back.
    pub fn leased(result: E, lease: E::Lease) -> Self {
        Self {
            result,
            lease,
            renew_at: None,
        }
    }

    /// To be renewed at `time`, or never.
    #[must_use]
    pub fn renew_at(mut self, time: impl Into<Option<SystemTime>>) -> Self {
        self.renew_at = time.into();
        self
    }
}
