//! Terraform's own values: types, numbers, and the two encodings in which they travel.
//!
//! Authors rarely need this module: a [`Model`](crate::Model) is made of typed fields. It is here for those who
//! implement [`AttributeType`](crate::AttributeType) for a type of their own, or use `Cty` as a dynamic attribute.

mod json;
mod msgpack;
mod number;
#[cfg(test)]
mod tests;
mod r#type;
mod value;

pub use json::JsonError;
pub use msgpack::MsgpackError;
pub use number::{Number, NumberError};
pub use r#type::{CtyType, TypeError};
pub use value::Cty;
