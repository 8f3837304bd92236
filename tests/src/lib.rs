//! End-to-end tests of coffer: what they share.
#![forbid(unsafe_code)]
// A test that cannot go on says why and stops; that is what these lints forbid in the product.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

pub mod conformance;
pub mod host;
pub mod processes;
pub mod scenario;
