//! Rotation with a real PostgreSQL behind it: whatever goes wrong, and at whatever moment, the next run converges, and
//! one credential works all the time.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod bench;
mod failures;
mod faults;
mod fleet;
mod grace;
mod kill;
mod races;
mod steps;
mod year;
