//! Roles that stay, and whose passwords are rotated.

use async_trait::async_trait;
use coffer_vault::Secret;
use serde::{Deserialize, Serialize};
use tokio_postgres::error::SqlState;

use super::Error;
use super::connection::Connection;
use super::role::run;
use super::statement::{Values, check};
use crate::target::{Change, Target, TargetError};
use crate::value::Whereabouts;

/// Which role's password is rotated, and by whom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RotatedRole {
    /// The secret with the connection of whoever may change the role.
    pub admin_secret: String,
    /// The database that the role logs in to when its password is tried; that of the connection unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// What sets the password, instead of an `ALTER ROLE`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statements: Vec<String>,
}

const SET: &str = "ALTER ROLE \"{{name}}\" WITH PASSWORD '{{password}}'";
const REVOKE: &str = "ALTER ROLE \"{{name}}\" WITH PASSWORD NULL";

impl RotatedRole {
    /// Refuses settings that cannot be meant.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn check(&self) -> Result<(), String> {
        check("rotation", &self.statements).map_err(|error| error.to_string())?;
        let sets = |statement: &String| statement.contains("{{password}}");
        if !self.statements.is_empty() && !self.statements.iter().any(sets) {
            return Err("none of the statements of rotation sets {{password}}".to_owned());
        }
        Ok(())
    }
}

/// The server with the role.
pub struct RoleTarget {
    role: RotatedRole,
    admin: Connection,
}

impl RoleTarget {
    /// The server that `admin` leads to.
    ///
    /// # Errors
    /// [`TargetError::Unusable`] where that is no connection.
    pub fn new(role: RotatedRole, admin: &Secret) -> Result<Self, TargetError> {
        let admin = Connection::parse(admin)?;
        Ok(Self { role, admin })
    }

    async fn run(
        &self,
        change: &Change<'_>,
        statements: &[String],
        verifier: Option<&str>,
    ) -> Result<(), TargetError> {
        let values = Values {
            name: user(change)?,
            verifier,
            expiration: "",
        };
        Ok(run(&self.admin, "rotation", statements, &values).await?)
    }
}

#[async_trait]
impl Target for RoleTarget {
    fn whereabouts(&self) -> Whereabouts {
        Whereabouts {
            engine: Some("postgres"),
            host: self.admin.host().map(str::to_owned),
            port: Some(self.admin.port()),
            dbname: self
                .role
                .database
                .clone()
                .or_else(|| self.admin.database().map(str::to_owned)),
        }
    }

    async fn set(&self, change: &Change<'_>) -> Result<(), TargetError> {
        let password = change.credential.password.danger_expose();
        let verifier = postgres_protocol::password::scram_sha_256(password);
        let statements = match self.role.statements.as_slice() {
            [] => vec![SET.to_owned()],
            given => given.to_vec(),
        };
        self.run(change, &statements, Some(&verifier)).await
    }

    async fn test(&self, change: &Change<'_>) -> Result<(), TargetError> {
        let login = self.admin.as_login(
            user(change)?,
            &change.credential.password,
            self.role.database.as_deref(),
        );
        login.try_out().await
    }

    async fn revoke(&self, change: &Change<'_>) -> Result<(), TargetError> {
        // The password of a user who is also the current one has been replaced already.
        let current = change.current.and_then(|it| it.username.as_deref());
        if current == change.credential.username.as_deref() {
            return Ok(());
        }
        self.run(change, &[REVOKE.to_owned()], None).await
    }
}

fn user<'a>(change: &Change<'a>) -> Result<&'a str, TargetError> {
    change
        .credential
        .username
        .as_deref()
        .ok_or_else(|| TargetError::Unusable {
            why: format!(
                "version {} does not say whose password it is",
                change.credential.version
            ),
            remedy: "give the rotation its usernames".to_owned(),
        })
}

impl From<Error> for TargetError {
    fn from(error: Error) -> Self {
        let remedy = error.remedy();
        match error {
            Error::Unreachable { server, why } => Self::NoAnswer {
                system: format!("PostgreSQL at {server}"),
                why,
            },
            Error::Refused { server, why, .. } => Self::Refused {
                system: format!("PostgreSQL at {server}"),
                why,
                remedy: "the connection's user needs CREATEROLE, and ADMIN OPTION on the role; nothing was changed"
                    .to_owned(),
            },
            Error::NoConnection { .. } | Error::Statement { .. } => Self::Unusable {
                why: error.to_string(),
                remedy,
            },
        }
    }
}

impl Connection {
    /// Logs in and out again.
    async fn try_out(&self) -> Result<(), TargetError> {
        let refusal = |why: String| TargetError::Refused {
            system: format!("PostgreSQL at {}", self.server()),
            why,
            remedy: "see whether someone has changed the role, and that it may log in".to_owned(),
        };
        match self.log_in().await {
            Ok(client) => match client.simple_query("SELECT 1").await {
                Ok(_) => Ok(()),
                Err(error) => Err(TargetError::NoAnswer {
                    system: format!("PostgreSQL at {}", self.server()),
                    why: super::connection::reason(&error),
                }),
            },
            Err(super::connection::LoginError::Server(error)) => {
                let why = super::connection::reason(&error);
                let definite = [
                    SqlState::INVALID_PASSWORD,
                    SqlState::INVALID_AUTHORIZATION_SPECIFICATION,
                    SqlState::INSUFFICIENT_PRIVILEGE,
                    SqlState::INVALID_CATALOG_NAME,
                ];
                match error.code() {
                    Some(code) if definite.contains(code) => Err(refusal(why)),
                    _ => Err(TargetError::NoAnswer {
                        system: format!("PostgreSQL at {}", self.server()),
                        why,
                    }),
                }
            }
            Err(super::connection::LoginError::Here(error)) => Err(error.into()),
        }
    }
}
