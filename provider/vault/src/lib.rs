//! The embedded vault of coffer.
#![forbid(unsafe_code)]
