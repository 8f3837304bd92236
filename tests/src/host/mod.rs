//! A host of our own: it plays Terraform's and OpenTofu's side of tfplugin5, so that calls which no Terraform at hand
//! makes, and hostile ones, are tested too.
//!
//! It shares no code with the provider's SDK. The wire format is decoded with `rmpv`, the types are read from the
//! provider's own schema, and Terraform's consistency rules are written down once more, so that an error of the SDK is
//! not mirrored here.
//!
//! ```no_run
//! use coffer_tests::host::{Host, Program, Walk};
//! # async fn run() -> Result<(), coffer_tests::host::Failure> {
//! let host = Host::start(&Program::new("/path/of/terraform-provider-corner")).await?;
//! host.configure(Walk::Apply, &host.provider_config([])).await?;
//! let ward = host.resource("corner_ward")?;
//! let config = ward.config([("name", "north".into())]);
//! // Validates, plans, applies, reads, and insists on an empty second plan.
//! let instance = ward.settle(None, &config).await?;
//! ward.destroy(&instance).await?;
//! host.shutdown().await?;
//! # Ok(()) }
//! ```

mod action;
mod announced;
mod certificate;
mod channel;
mod codec;
mod data_source;
mod diagnostic;
mod ephemeral;
mod failure;
mod flavour;
mod function;
mod handshake;
mod identity;
mod import;
mod list;
mod number;
mod process;
mod program;
mod proposed;
pub mod proto;
mod resource;
pub mod rules;
mod schema;
mod session;
mod ty;
mod value;

pub use action::Invoked;
pub use certificate::ClientCertificate;
pub use channel::{Wires, connect};
pub use codec::{CodecError, decode, encode, normal};
pub use data_source::DataSource;
pub use diagnostic::{Diagnostic, Severity};
pub use ephemeral::{Ephemeral, Open};
pub use failure::Failure;
pub use flavour::{Flavour, Walk};
pub use handshake::Handshake;
pub use list::Listed;
pub use number::Number;
pub use process::{Ended, Process};
pub use program::{Program, Tls};
pub use resource::{Applied, Change, Instance, Managed, Planned};
pub use schema::{Attribute, Block, Nesting, ProviderSchema, Schema};
pub use session::Host;
pub use ty::Type;
pub use value::Value;
