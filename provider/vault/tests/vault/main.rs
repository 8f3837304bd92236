//! What the vault promises to its callers, tried through its public interface.

mod audit;
mod bench;
mod crash;
mod damage;
mod keys;
mod leases;
mod lifecycle;
