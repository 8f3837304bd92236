//! The protocol layer, judged from outside: by a host of our own, and by the real Terraform.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod cancellation;
mod channel;
mod conformance;
mod corner;
mod ending;
mod ephemeral;
mod functions;
mod hostile;
mod judging;
mod life_cycle;
mod newer;
mod panics;
mod real_terraform;
mod taking_over;
mod values;
mod write_only;
