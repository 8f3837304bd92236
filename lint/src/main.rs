//! The coffer-lint command.
#![forbid(unsafe_code)]

fn main() {}
