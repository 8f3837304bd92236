//! The command line of coffer's vault, rotation, audit and leak proofs.
#![forbid(unsafe_code)]

fn main() {}
