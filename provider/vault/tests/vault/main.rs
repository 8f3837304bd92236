//! What the vault promises to its callers, tried through its public interface.

mod bench;
mod crash;
mod damage;
mod keys;
mod lifecycle;
