//! Derive macros of coffer-plugin.
#![forbid(unsafe_code)]
