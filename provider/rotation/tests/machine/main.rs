//! Rotation with a real vault, for targets that need no database.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod bench;
mod certificate;
mod kept;
mod receiver;
mod webhook;
