//! tfplugin5 over go-plugin: a server SDK for Terraform and OpenTofu providers.
//!
//! A provider is a program that Terraform starts and then talks to over gRPC. This crate is all of that talk. What
//! is left to write are structs, which say what can be configured, and a few async functions, which do the work.
//!
//! # A complete provider
//!
//! ```
//! use std::process::ExitCode;
//!
//! use coffer_plugin::registration::ephemeral;
//! use coffer_plugin::{
//!     Call, Context, EphemeralResource, Model, Offers, Opened, Provider, Result, Value, validators,
//! };
//!
//! /// Greets people.
//! #[derive(Model)]
//! struct GreeterConfig {
//!     /// The word to greet with.
//!     #[attr(optional)]
//!     word: Value<String>,
//! }
//!
//! struct Greeter;
//!
//! impl Provider for Greeter {
//!     type Config = GreeterConfig;
//!     type Data = String;
//!     const NAME: &'static str = "greeter";
//!     const ADDRESS: &'static str = "registry.terraform.io/example/greeter";
//!     const VERSION: &'static str = env!("CARGO_PKG_VERSION");
//!
//!     fn offers() -> Offers<Self> {
//!         Offers::new().ephemeral(ephemeral::<Greeting>())
//!     }
//!
//!     async fn configure(_: &Call, config: GreeterConfig) -> Result<String> {
//!         Ok(config.word.known_or("Hello".to_owned()))
//!     }
//! }
//!
//! /// A greeting, for this run only.
//! #[derive(Model)]
//! struct Greeting {
//!     /// Who is greeted.
//!     #[attr(required, validate = validators::not_empty())]
//!     name: Value<String>,
//!     /// What is said.
//!     #[attr(computed)]
//!     text: Value<String>,
//! }
//!
//! impl EphemeralResource for Greeting {
//!     type Provider = Greeter;
//!     type Lease = ();
//!     const TYPE_NAME: &'static str = "greeter_greeting";
//!
//!     async fn open(ctx: &Context<Greeter>, config: Self) -> Result<Opened<Self>> {
//!         let name = config.name.clone().require("name")?;
//!         let text = Value::Known(format!("{}, {name}!", ctx.data()));
//!         Ok(Opened::new(Self { text, ..config }))
//!     }
//! }
//!
//! fn main() -> ExitCode {
//! #   // A host is needed from here on. A provider's own tests check at least this:
//! #   assert_eq!(Greeter::offers().faults(), Vec::<String>::new());
//! #   if true { return ExitCode::SUCCESS }
//!     coffer_plugin::serve::<Greeter>()
//! }
//! ```
//!
//! `examples/minimal.rs` has one object of each kind.
//!
//! # Kinds of objects
//!
//! | kind | trait | abilities, switched on at [`registration`] |
//! | --- | --- | --- |
//! | managed resource | [`Resource`] | [`ValidateConfig`], [`ModifyPlan`], [`Import`], [`Identify`], [`ImportByIdentity`], [`Upgrade`], [`Move`] |
//! | ephemeral resource | [`EphemeralResource`] | [`ValidateConfig`], [`Renew`], [`Close`] |
//! | data source | [`DataSource`] | [`ValidateConfig`] |
//! | function | [`Function`] | |
//! | action | [`Action`] | [`ValidateConfig`] |
//! | list resource | [`ListResource`] | [`ValidateConfig`] |
//!
//! Each trait is implemented for the struct that is the object's configuration, its state and its result in one: a
//! [`Model`](derive@Model). A handler receives it typed, with a [`Context`] that holds what [`Provider::configure`]
//! made, the cancellation, the place for warnings and the private state. An error is [`Diagnostics`], or anything
//! that turns into them; [`Diagnostic::at`] points at an attribute, and Terraform then shows its line.
//!
//! # Values
//!
//! An attribute is a [`Value<T>`](Value): known, null, or unknown, which it may be while Terraform validates and
//! plans. `T` is any [`AttributeType`]: `bool`, the integers (checked), `f64`, [`cty::Number`] (exact, of any size),
//! `String`, [`std::time::Duration`], `Vec`, `BTreeSet`, `BTreeMap<String, _>`, tuples, structs with
//! [`#[derive(ObjectType)]`](derive@ObjectType), [`cty::Cty`] (dynamic), and types of your own.
//!
//! # What the SDK sees to
//!
//! - **Plans.** Defaults are filled in. Computed attributes are unknown only when something changes; the second plan
//!   is empty. `requires_replace` and `use_state_for_unknown` are kept. Another notation of the same value (`60m`
//!   for `1h`) is no change. [`ModifyPlan`] sees the rest, with write-only values in clear.
//! - **Configured values** come back to Terraform as they were, whatever a handler returns, so that no result is
//!   «inconsistent».
//! - **Write-only values** are null in plans, states, imports and listings, and are refused where the host would
//!   store them.
//! - **Half-done work.** A handler that fails after it created something returns what there is and
//!   [reports](Call::report) the error. After an error without result, what was stored stays stored.
//! - **Leases.** Terraform skips the close of ephemeral resources after some errors. What is open when the process
//!   ends, or when its host has died, is closed then, within 1.5 seconds.
//! - **Cancellation.** `Stop` and [`timeouts`] cancel the [`Call`]. One that only reads is dropped at once; one that
//!   changes something is told, and has 30 seconds to come to an end. The process goes on.
//! - **Panics** become diagnostics that name the RPC and nothing else; the log names the line.
//! - **Schemas** that Terraform would refuse are told by [`Offers::faults`], which a provider's tests check.
//!
//! # The channel
//!
//! With Terraform's usual AutoMTLS the connection is TLS 1.3 (rustls with aws-lc-rs), and only the one certificate
//! that the host announced gets through, while it is valid. The provider listens on a Unix socket in a directory
//! that only its user can enter (on Windows, on the loopback interface). Without AutoMTLS (`TF_DISABLE_PLUGIN_TLS`)
//! nothing is encrypted, and the permissions of that directory are the only guard.
//!
//! Standard output carries the handshake and nothing else; [`log`] writes to standard error in the form that
//! Terraform reads. An interrupt is ignored, because Terraform, which receives it too, says what is to be done.
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
