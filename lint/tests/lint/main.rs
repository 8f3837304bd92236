//! Behaviour of the linter as a whole, through its library and its binary.

// Helpers of tests may fail as loudly as the tests themselves.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod appearance;
mod archives;
mod ci;
mod command;
mod editors;
mod fixes;
mod flows;
mod functions;
mod fuzz;
mod history;
mod judgement;
mod judges;
mod language_server;
mod marked;
mod oracle;
mod pages;
mod providers;
mod recovery;
mod reports;
mod selection;
mod settings;
mod spans;
mod stacks;
mod suppressions;
mod templates;
mod terragrunt;
mod tokens;
mod workspace;
