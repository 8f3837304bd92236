//! PostgreSQL: roles that are made for a while, and roles whose passwords are rotated.
//!
//! A password never crosses in a statement: the server gets its SCRAM-SHA-256 verifier (RFC 5802), which it stores as it
//! is, so that its log of statements shows none.

mod connection;
mod lease;
mod role;
mod rotated;
mod statement;

use thiserror::Error;

pub use connection::Connection;
pub use lease::{LEASE_KIND, LeasedRole};
pub use role::{NewRole, RoleDefinition};
pub use rotated::{RoleTarget, RotatedRole};

/// Why PostgreSQL did not do what was asked. No variant carries a secret.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The secret with the connection is none.
    #[error("the connection is not one: {why}")]
    NoConnection {
        /// What is wrong with it.
        why: String,
    },
    /// The server cannot be reached, or does not let us in.
    #[error("PostgreSQL at {server} cannot be used: {why}")]
    Unreachable {
        /// Host and port.
        server: String,
        /// The reason.
        why: String,
    },
    /// The server refuses a statement.
    #[error("PostgreSQL at {server} refuses statement {number} of {kind}: {why}")]
    Refused {
        /// Host and port.
        server: String,
        /// Which list of statements: creation, renewal, revocation, rotation.
        kind: &'static str,
        /// The statement's position in it, counted from 1.
        number: usize,
        /// The server's word.
        why: String,
    },
    /// A definition's statements are none.
    #[error("the statements of {kind} are not usable: {why}")]
    Statement {
        /// Which list of statements.
        kind: &'static str,
        /// What is wrong with them.
        why: String,
    },
}

impl Error {
    /// What to do about it.
    pub fn remedy(&self) -> String {
        match self {
            Self::NoConnection { .. } => "store a URL such as postgresql://admin:…@db.example.com:5432/app, or a JSON object with \
                 host, port, dbname, username and password"
                .into(),
            Self::Unreachable { .. } => "check host, port and sslmode of the connection, its credential, and that the server lets \
                 this machine in; nothing was changed"
                .into(),
            Self::Refused { .. } => {
                "the connection's user needs CREATEROLE, and what the statements grant; all statements of the list were taken back"
                    .into()
            }
            Self::Statement { .. } => {
                "write them with {{name}}, {{password}} and {{expiration}} where these belong".into()
            }
        }
    }
}
