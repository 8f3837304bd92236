//! The command line as people and scripts meet it.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod bench;
mod core_dump;
mod environment;
mod failures;
mod leases;
mod progress;
mod prove;
mod revoking;
mod running;
mod sessions;
mod sinks;
