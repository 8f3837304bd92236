//! tfplugin5 over go-plugin: a server SDK for Terraform and OpenTofu providers.
//!
//! `examples/minimal.rs` is a complete provider with one object of each kind.
#![forbid(unsafe_code)]

// The derive macros name this crate from outside.
extern crate self as coffer_plugin;

mod action;
mod attribute_type;
mod context;
pub mod cty;
mod data_source;
mod diagnostic;
mod ephemeral;
mod function;
mod identity;
mod list_resource;
pub mod log;
mod model;
mod offers;
mod path;
mod plan;
mod planning;
mod private_state;
mod proto;
mod provider;
mod random;
mod raw_state;
pub mod registration;
mod resource;
pub mod schema;
mod serve;
mod server;
mod services;
pub mod timeouts;
mod validate_config;
mod validation;
pub mod validators;
mod value;

pub use action::{Action, Progress};
pub use attribute_type::{AttributeType, DecodeError, ObjectFields};
pub use coffer_plugin_derive::{Arguments, Identity, Model, ObjectType};
pub use context::{Call, ClientCapabilities, Context, Host};
pub use data_source::DataSource;
pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use ephemeral::{Close, EphemeralResource, Opened, Renew};
pub use function::{ArgumentValues, Arguments, Function, FunctionError, Parameter};
pub use identity::IdentityModel;
pub use list_resource::{Found, ListResource, Listed};
pub use model::{Fields, Model, ModelErrors};
pub use offers::{FunctionSignature, Offers};
pub use path::{Path, Step};
pub use plan::Plan;
pub use private_state::PrivateState;
pub use provider::Provider;
pub use raw_state::RawState;
pub use resource::{
    Create, Identify, Import, ImportByIdentity, ModifyPlan, Move, MoveSource, Resource, Update,
    Upgrade,
};
pub use serve::serve;
pub use validate_config::ValidateConfig;
pub use value::Value;

/// What a handler returns: a result, or all that went wrong.
pub type Result<T, E = Diagnostics> = std::result::Result<T, E>;
