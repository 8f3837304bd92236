//! Project tasks: quickstart, test.
#![forbid(unsafe_code)]

fn main() {}
