//! Requests to a store over HTTP: one client that repeats what may be repeated, within a total time.

mod client;
mod patience;

pub(crate) use client::{Answer, Call, Client};
pub use patience::Patience;
