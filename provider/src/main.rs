//! The coffer provider for Terraform and OpenTofu.
#![forbid(unsafe_code)]

fn main() {}
