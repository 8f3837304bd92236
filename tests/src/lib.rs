//! End-to-end tests of coffer.
#![forbid(unsafe_code)]
