//! The provider, run by the real Terraform.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod access;
mod alerts;
mod aws;
mod aws_store;
mod composition;
mod data;
mod database;
mod drift;
mod engines;
mod evict;
mod examples;
mod failures;
mod functions;
mod guides;
mod independent;
mod key_vault;
mod life_cycle;
mod migration;
mod password;
mod proof;
mod reading;
mod readme;
mod rotation;
mod rotation_targets;
mod store_examples;
mod stores;
mod transit_slot;
mod vault;
