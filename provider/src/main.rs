//! The program that Terraform and OpenTofu start.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use terraform_provider_coffer::Coffer;

fn main() -> ExitCode {
    coffer_plugin::serve::<Coffer>()
}
