//! Start and end of the process.

use std::process::ExitCode;

use crate::provider::Provider;

/// Serves `P` to the Terraform that started this process, until that ends it. All of a provider's `main`.
#[must_use]
pub fn serve<P: Provider>() -> ExitCode {
    unimplemented!()
}
