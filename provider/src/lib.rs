//! The coffer provider: what Terraform and OpenTofu see.
//!
//! [`Coffer`] is the one list of all that is offered. Each object has a file of its name in `ephemeral`, `resource`,
//! `data` or `function`.
#![forbid(unsafe_code)]

mod alerts;
mod catalogue;
mod configure;
mod data;
mod database_lease;
#[cfg(test)]
mod documentation;
mod ephemeral;
mod failure;
mod function;
mod grants;
mod guard;
mod member;
mod name;
mod password;
mod period;
mod phase;
mod place;
mod policy_rule;
mod reading;
mod refresh;
mod resource;
mod secret_text;
mod secrets_of_stores;
mod server_lease;
mod server_login;
mod store;
mod sweep;
mod token_lease;

pub use catalogue::Coffer;
