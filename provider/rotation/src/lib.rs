//! Crash-safe rotation of secrets.
//!
//! A [`policy::Policy`] says how a secret is rotated, [`outlook::Outlook`] whether it is due, and
//! [`machine::Rotator`] rotates it.
#![forbid(unsafe_code)]

pub mod clock;
pub mod fleet;
pub mod generator;
pub mod hash;
pub mod lease;
pub mod machine;
pub mod outlook;
pub mod policy;
pub mod schedule;
pub mod source;
pub mod state;
pub mod strength;
pub mod target;
pub mod value;
