//! What a provider offers, with the abilities of each switched on.
//!
//! An ability can be switched on only where its trait is implemented:
//!
//! ```compile_fail
//! # use coffer_plugin::{EphemeralResource, registration};
//! fn offer<E: EphemeralResource>() {
//!     registration::ephemeral::<E>().renews(); // E does not implement Renew
//! }
//! ```

mod action;
mod data_source;
mod ephemeral;
mod function;
mod list_resource;
mod resource;

use std::future::Future;
use std::pin::Pin;

pub use action::{ActionRegistration, action};
pub use data_source::{DataSourceRegistration, data_source};
pub use ephemeral::{EphemeralRegistration, ephemeral};
pub use function::{FunctionRegistration, function};
pub use list_resource::{ListResourceRegistration, list_resource};
pub use resource::{ResourceRegistration, resource};

pub(crate) use action::AnyAction;
pub(crate) use data_source::AnyDataSource;
pub(crate) use ephemeral::AnyEphemeral;
pub(crate) use function::AnyFunction;
pub(crate) use list_resource::{AnyFound, AnyListResource, AnyListed};
pub(crate) use resource::{AnyResource, ImportSource};

use crate::Result;
use crate::cty::Cty;
use crate::diagnostic::Diagnostics;
use crate::model::Model;

pub(crate) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The author's own judgement of a configuration.
type ConfigRule<M> = fn(&M, &mut Diagnostics);

/// Applies the author's judgement to a configuration that the schema has found well formed.
fn judge<M: Model>(rule: Option<ConfigRule<M>>, config: Cty, diagnostics: &mut Diagnostics) {
    match M::from_cty(config) {
        Ok(config) => {
            if let Some(rule) = rule {
                rule(&config, diagnostics);
            }
        }
        Err(errors) => diagnostics.extend(Diagnostics::from(errors)),
    }
}

fn encoded<M: Model>(result: Result<M>) -> Result<Cty> {
    result.map(|model| model.to_cty())
}
