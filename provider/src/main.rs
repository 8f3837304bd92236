//! The program that Terraform and OpenTofu start.
#![forbid(unsafe_code)]

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use terraform_provider_coffer::Coffer;

fn main() -> ExitCode {
    // A crash shall leave no values on the disk.
    coffer_vault::forbid_core_dumps();
    // A write beyond a limit on file sizes then fails with an error that is reported, instead of killing the process
    // and all that it has under way.
    #[cfg(unix)]
    let _ = signal_hook::flag::register(
        signal_hook::consts::SIGXFSZ,
        Arc::new(AtomicBool::new(false)),
    );
    coffer_plugin::serve::<Coffer>()
}
