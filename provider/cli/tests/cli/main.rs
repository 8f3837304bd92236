//! The command line as people and scripts meet it.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod bench;
mod environment;
mod failures;
mod prove;
mod running;
mod sessions;
mod sinks;
