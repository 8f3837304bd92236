//! Systems in which credentials are made, changed and revoked.

pub mod postgresql;
