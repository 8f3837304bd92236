//! Data sources: what is read and stored.

use std::future::Future;
use std::time::Duration;

use crate::Result;
use crate::context::Context;
use crate::model::Model;
use crate::provider::Provider;

/// A data source. The struct is its configuration and its result in one. Its result is stored in state.
pub trait DataSource: Model {
    /// The provider that offers it.
    type Provider: Provider;

    /// The full type name: `coffer_secret_metadata`.
    const TYPE_NAME: &'static str;
    /// How long a read may take, unless `timeouts {}` says otherwise.
    const TIMEOUT: Duration = Duration::from_secs(5 * 60);

    /// Reads it. `config` holds known values only.
    ///
    /// # Errors
    /// Diagnostics.
    fn read(
        ctx: &Context<Self::Provider>,
        config: Self,
    ) -> impl Future<Output = Result<Self>> + Send;
}
