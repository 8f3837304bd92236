//! What can be done to secrets, one file for each deed. All of it happens inside a [`crate::work::Work`].

mod compare;
mod delete;
mod destroy;
mod list;
mod put;
mod read;
mod secret_row;
mod stage;
mod update;
mod version_row;

pub(crate) use compare::fingerprint;
