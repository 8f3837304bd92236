//! `cargo xtask docs`: writes the registry's pages.

use std::env;
use std::process::Command;

use crate::programs;
use crate::step::{self, Outcome};

/// Has the test that checks the pages write them instead: the generator is compiled for tests alone.
///
/// # Errors
/// When it cannot be built or a page cannot be written.
pub fn run() -> Outcome<()> {
    step::run(
        Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .current_dir(programs::root())
            .args([
                "test",
                "--locked",
                "--package",
                "terraform-provider-coffer",
                "--lib",
            ])
            .args(["documentation::the_pages_are_current", "--", "--exact"])
            .env("COFFER_WRITE_DOCS", "1"),
    )
}
