//! Crash-safe rotation of secrets.
#![forbid(unsafe_code)]
