//! Requests to a store over HTTP: one client that repeats what may be repeated, within a total time.

mod client;
mod form;
mod guard;
mod json;
mod patience;
mod token;

pub(crate) use client::{Answer, Call, Client, Named, Trust};
pub(crate) use form::{FORM, form};
pub(crate) use guard::is_guarded;
pub use patience::Patience;
pub(crate) use patience::wait;
pub(crate) use token::{Token, TokenCache};
