//! Crash-safe rotation of secrets.
#![forbid(unsafe_code)]

pub mod generator;
pub mod schedule;
pub mod strength;
pub mod target;
