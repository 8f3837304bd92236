//! The life of the process: how it comes up, and how it ends. Started with a host's environment, this program is
//! the provider itself; otherwise it is the test that starts it.

#![allow(
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test, though clippy knows only those with a harness"
)]

#[cfg(unix)]
mod scenarios;

use std::process::ExitCode;

use coffer_plugin::{Call, Offers, Provider, Result};

struct Nothing;

impl Provider for Nothing {
    type Config = ();
    type Data = ();
    const NAME: &'static str = "nothing";
    const ADDRESS: &'static str = "registry.terraform.io/example/nothing";
    const VERSION: &'static str = "0.0.0";

    fn offers() -> Offers<Self> {
        Offers::new()
    }

    async fn configure(_: &Call, (): ()) -> Result<()> {
        Ok(())
    }
}

fn main() -> ExitCode {
    if std::env::var_os("PLUGIN_UNDER_TEST").is_some() {
        return coffer_plugin::serve::<Nothing>();
    }
    #[cfg(unix)]
    scenarios::run();
    ExitCode::SUCCESS
}
