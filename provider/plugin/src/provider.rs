//! The provider itself.

use std::future::Future;

use crate::Result;
use crate::context::Call;
use crate::diagnostic::Diagnostics;
use crate::model::Model;
use crate::offers::Offers;

/// A provider: what it is called, how it is configured, what it offers.
pub trait Provider: Sized + Send + Sync + 'static {
    /// The `provider` block.
    type Config: Model;
    /// What `configure` makes of it and every handler receives: clients, stores, caches.
    type Data: Send + Sync + 'static;

    /// The short name, which starts each type name: `coffer`.
    const NAME: &'static str;
    /// The registry address: `registry.terraform.io/coffer/coffer`.
    const ADDRESS: &'static str;
    /// The version of the provider.
    const VERSION: &'static str;

    /// All that it offers.
    fn offers() -> Offers<Self>;

    /// Judges the `provider` block, of which much may be unknown. Reads nothing and opens nothing.
    fn validate_config(config: &Self::Config, diagnostics: &mut Diagnostics) {
        let _ = (config, diagnostics);
    }

    /// Makes ready for work. Values may still be unknown while Terraform plans: leave what needs them for later.
    ///
    /// # Errors
    /// Diagnostics: nothing else is called then.
    fn configure(
        call: &Call,
        config: Self::Config,
    ) -> impl Future<Output = Result<Self::Data>> + Send;

    /// Called once at the end of the process, when everything that was open has been closed. It has what is left
    /// of 1.5 seconds.
    fn shutdown(data: &Self::Data) -> impl Future<Output = ()> + Send {
        let _ = data;
        async {}
    }
}
