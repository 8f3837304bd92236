//! MySQL and MariaDB: users whose passwords are rotated.
//!
//! A password never crosses in a statement: the server gets the hash that it stores, so that neither its general log nor
//! its binary log shows one.

mod caching_sha2;
mod connection;
mod plugin;
mod user;

pub use connection::Connection;
pub use plugin::Plugin;
pub use user::{MysqlUser, UserTarget};
