//! Making, extending and revoking roles.

use coffer_vault::{Secret, Timestamp};
use serde::{Deserialize, Serialize};
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

use super::Error;
use super::connection::{Connection, reason};
use super::statement::{Values, check, fill};

/// What a role for a while is made of. It holds no secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleDefinition {
    /// What makes the role; the default makes one that can log in until it expires.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub creation: Vec<String>,
    /// What takes it away; the default ends its sessions, hands what it owns to whoever revokes it, and drops it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revocation: Vec<String>,
    /// The roles whose rights it gets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub member_of: Vec<String>,
}

/// A role to be made.
#[derive(Clone)]
pub struct NewRole {
    /// Its name: letters, digits and underscores.
    pub name: String,
    /// Its password.
    pub password: Secret,
    /// When it can no longer log in.
    pub expires: Timestamp,
}

const CREATION: &str =
    "CREATE ROLE \"{{name}}\" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'";
const RENEWAL: &str = "ALTER ROLE \"{{name}}\" VALID UNTIL '{{expiration}}'";
const REVOCATION: [&str; 5] = [
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{{name}}'",
    // Since PostgreSQL 16 whoever makes a role is no member of it, unless that is said.
    "GRANT \"{{name}}\" TO CURRENT_USER",
    "REASSIGN OWNED BY \"{{name}}\" TO CURRENT_USER",
    "DROP OWNED BY \"{{name}}\"",
    "DROP ROLE \"{{name}}\"",
];

impl RoleDefinition {
    /// Refuses statements that cannot be meant.
    ///
    /// # Errors
    /// [`Error::Statement`].
    pub fn check(&self) -> Result<(), Error> {
        check("creation", &self.creation)?;
        check("revocation", &self.revocation)?;
        if !self.creation.is_empty() && !self.creation.iter().any(|it| it.contains("{{password}}"))
        {
            let why = "none of them sets {{password}}".to_owned();
            return Err(Error::Statement {
                kind: "creation",
                why,
            });
        }
        Ok(())
    }

    /// Makes the role, wholly or not at all.
    ///
    /// # Errors
    /// [`Error::Unreachable`], [`Error::Refused`].
    pub async fn create(&self, connection: &Connection, role: &NewRole) -> Result<(), Error> {
        let verifier = postgres_protocol::password::scram_sha_256(role.password.danger_expose());
        let expiration = role.expires.to_string();
        let values = Values {
            name: &role.name,
            verifier: Some(&verifier),
            expiration: &expiration,
        };
        let mut statements = match self.creation.as_slice() {
            [] => vec![CREATION.to_owned()],
            given => given.to_vec(),
        };
        for group in &self.member_of {
            statements.push(format!(
                "GRANT \"{}\" TO \"{{{{name}}}}\"",
                group.replace('"', "\"\"")
            ));
        }
        run(connection, "creation", &statements, &values).await
    }

    /// Moves the role's end.
    ///
    /// # Errors
    /// [`Error::Unreachable`], [`Error::Refused`].
    pub async fn renew(
        connection: &Connection,
        name: &str,
        expires: Timestamp,
    ) -> Result<(), Error> {
        let expiration = expires.to_string();
        let values = Values {
            name,
            verifier: None,
            expiration: &expiration,
        };
        run(connection, "renewal", &[RENEWAL.to_owned()], &values).await
    }

    /// Takes the role away. One that is gone is no error.
    ///
    /// # Errors
    /// [`Error::Unreachable`], [`Error::Refused`].
    pub async fn revoke(&self, connection: &Connection, name: &str) -> Result<(), Error> {
        let mut client = connection.connect().await?;
        let found = client
            .query_opt("SELECT 1 FROM pg_roles WHERE rolname = $1", &[&name])
            .await
            .map_err(|error| Error::Unreachable {
                server: connection.server(),
                why: reason(&error),
            })?;
        if found.is_none() {
            return Ok(());
        }
        let statements: Vec<String> = match self.revocation.as_slice() {
            [] => REVOCATION.map(str::to_owned).to_vec(),
            given => given.to_vec(),
        };
        let values = Values {
            name,
            verifier: None,
            expiration: "",
        };
        run_with(&mut client, connection, "revocation", &statements, &values).await
    }
}

/// Runs statements in one transaction of a connection of their own.
pub(super) async fn run(
    connection: &Connection,
    kind: &'static str,
    statements: &[String],
    values: &Values<'_>,
) -> Result<(), Error> {
    let mut client = connection.connect().await?;
    run_with(&mut client, connection, kind, statements, values).await
}

/// Runs statements in one transaction.
async fn run_with(
    client: &mut Client,
    connection: &Connection,
    kind: &'static str,
    statements: &[String],
    values: &Values<'_>,
) -> Result<(), Error> {
    let unreachable = |error: tokio_postgres::Error| Error::Unreachable {
        server: connection.server(),
        why: reason(&error),
    };
    let transaction = client.transaction().await.map_err(unreachable)?;
    for (index, statement) in statements.iter().enumerate() {
        let filled = fill(statement, values);
        if let Err(error) = transaction.batch_execute(&filled).await {
            // The server's message may quote the statement, and with it the verifier.
            let why = match error.code() {
                Some(code) if statement.contains("{{password}}") => without_statement(code),
                _ => reason(&error),
            };
            return Err(Error::Refused {
                server: connection.server(),
                kind,
                number: index.saturating_add(1),
                why,
            });
        }
    }
    transaction.commit().await.map_err(unreachable)
}

/// A server's error in words that quote nothing of the statement.
fn without_statement(code: &SqlState) -> String {
    let meaning = match *code {
        SqlState::UNDEFINED_OBJECT => "there is no such role, ",
        SqlState::DUPLICATE_OBJECT => "there is such a role already, ",
        SqlState::INSUFFICIENT_PRIVILEGE => "permission denied, ",
        SqlState::SYNTAX_ERROR => "syntax error, ",
        SqlState::READ_ONLY_SQL_TRANSACTION => "the server is read-only, ",
        _ => "",
    };
    format!("{meaning}SQLSTATE {}", code.code())
}
