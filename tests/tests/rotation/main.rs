//! Rotation with real servers behind it, PostgreSQL most of all: whatever goes wrong, and at whatever moment, the next run
//! converges, and one credential works all the time.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod bench;
mod certificates;
mod failures;
mod faults;
mod fleet;
mod grace;
mod kill;
mod mysql;
mod native;
mod openbao;
mod races;
mod steps;
mod tls;
mod tls_door;
mod year;
