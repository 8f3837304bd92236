//! What the vault promises to its callers, tried through its public interface.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::string_slice,
    clippy::unwrap_used
)]

mod access;
mod audit;
mod backup;
mod bench;
mod crash;
mod damage;
mod every_bit;
mod faults;
mod golden;
mod keys;
mod leases;
mod lifecycle;
mod memory;
mod model;
mod policy;
mod proof;
mod roles;
mod tampering;
mod threat_model;
mod wrapped;
