//! What is particular to HashiCorp Vault and OpenBao, against a real OpenBao server: entries of other programs, logins,
//! TLS, leases, transit keys.
#![cfg(feature = "vault")]
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod entries;
mod identities;
mod leases;
mod logins;
mod server;
mod transit;
