//! Users that stay, and whose passwords are rotated.

use async_trait::async_trait;
use coffer_vault::Secret;
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error, ServerError};
use serde::{Deserialize, Serialize};

use super::connection::Connection;
use super::plugin::Plugin;
use crate::target::{Change, Target, TargetError};
use crate::value::Whereabouts;

/// The host part of a user's name unless one is named: any host.
const ANY_HOST: &str = "%";

/// Which user's password is rotated, and by whom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MysqlUser {
    /// The secret with the connection of whoever may change the user.
    pub admin_secret: String,
    /// The host part of the user's name; `%` unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_host: Option<String>,
    /// The database that the user logs in to when its password is tried; that of the connection unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// How the user is authenticated; found out unless set, for which one needs to read `mysql.user`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plugin: Option<Plugin>,
    /// Whether the previous password stays valid beside the new one, until its grace period is over or the next rotation.
    /// MySQL has that since 8.0.14, MariaDB has not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dual_password: bool,
}

impl MysqlUser {
    /// Refuses settings that cannot be meant.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn check(&self) -> Result<(), String> {
        let is_host = |host: &str| {
            !host.is_empty()
                && host.chars().all(|c| {
                    c.is_ascii_alphanumeric() || ['.', '-', '_', '%', ':', '/'].contains(&c)
                })
        };
        match &self.user_host {
            Some(host) if !is_host(host) => {
                Err("user_host is no host name, address or pattern such as 10.0.%".to_owned())
            }
            _ => Ok(()),
        }
    }
}

/// The server with the user.
pub struct UserTarget {
    user: MysqlUser,
    admin: Connection,
}

/// The administrator's session, and what it is in.
struct Session {
    connection: Conn,
    is_mariadb: bool,
}

impl UserTarget {
    /// The server that `admin` leads to.
    ///
    /// # Errors
    /// [`TargetError::Unusable`] where that is no connection.
    pub fn new(user: MysqlUser, admin: &Secret) -> Result<Self, TargetError> {
        let admin = Connection::parse(admin)?;
        Ok(Self { user, admin })
    }

    fn account(&self, change: &Change<'_>) -> Result<String, TargetError> {
        let name = name(change)?;
        let host = self.user.user_host.as_deref().unwrap_or(ANY_HOST);
        // Neither holds a quotation mark or a backslash: both were judged with the policy.
        Ok(format!("'{name}'@'{host}'"))
    }

    async fn session(&self) -> Result<Session, TargetError> {
        let mut connection = self
            .admin
            .outside_of_databases()
            .log_in()
            .await
            .map_err(|error| self.no_answer(error.as_ref()))?;
        let version: Option<String> = connection
            .query_first("SELECT VERSION()")
            .await
            .map_err(|error| self.no_answer(Some(&error)))?;
        let version = version.unwrap_or_default();
        Ok(Session {
            connection,
            is_mariadb: version.contains("MariaDB"),
        })
    }

    /// The plugin that authenticates the user.
    async fn plugin(
        &self,
        session: &mut Session,
        change: &Change<'_>,
    ) -> Result<Plugin, TargetError> {
        if let Some(plugin) = self.user.plugin {
            return Ok(plugin);
        }
        let host = self.user.user_host.as_deref().unwrap_or(ANY_HOST);
        let user = name(change)?;
        let found: Option<String> = session
            .connection
            .exec_first(
                "SELECT plugin FROM mysql.user WHERE User = ? AND Host = ?",
                (user, host),
            )
            .await
            .map_err(|error| match error {
                Error::Server(said) => self.refused(
                    format!(
                        "how {user} is authenticated cannot be read, error {}",
                        said.code
                    ),
                    "let the connection's user read mysql.user, or set plugin",
                ),
                other => self.no_answer(Some(&other)),
            })?;
        let Some(found) = found else {
            return Err(self.refused(
                format!("there is no user {}", self.account(change)?),
                "make the user, or correct usernames and user_host",
            ));
        };
        // MariaDB has no name for its default.
        match (Plugin::of(&found), found.as_str()) {
            (Some(plugin), _) => Ok(plugin),
            (None, "") => Ok(Plugin::MysqlNativePassword),
            (None, _) => Err(self.refused(
                format!(
                    "{user} is authenticated by {}, which takes no password that is kept here",
                    found.escape_debug()
                ),
                "set plugin to mysql_native_password, caching_sha2_password or ed25519",
            )),
        }
    }

    /// Has the server store `password`, and keep the one before where `retains`.
    async fn store(
        &self,
        change: &Change<'_>,
        password: &Secret,
        retains: bool,
    ) -> Result<(), TargetError> {
        let mut session = self.session().await?;
        if retains && session.is_mariadb {
            return Err(self.refused(
                "MariaDB keeps one password for each user".to_owned(),
                "leave dual_password out, or alternate between two users",
            ));
        }
        let plugin = self.plugin(&mut session, change).await?;
        let stored = plugin
            .stored(password)
            .map_err(|error| TargetError::Unusable {
                why: format!("no random bytes are to be had: {error}"),
                remedy: "see to the random number generator of this machine".to_owned(),
            })?;
        let account = self.account(change)?;
        let plugin = plugin.name();
        let statement = match session.is_mariadb {
            true => format!("ALTER USER {account} IDENTIFIED VIA {plugin} USING '{stored}'"),
            false => {
                let and_keep = match retains {
                    true => " RETAIN CURRENT PASSWORD",
                    false => "",
                };
                format!("ALTER USER {account} IDENTIFIED WITH {plugin} AS '{stored}'{and_keep}")
            }
        };
        self.run(session, &statement).await
    }

    /// Runs a statement. The server's message is not repeated: it may quote the statement.
    async fn run(&self, mut session: Session, statement: &str) -> Result<(), TargetError> {
        let done = session.connection.query_drop(statement).await;
        done.map_err(|error| match error {
            Error::Server(said) => self.refused(
                meaning(&said),
                "the connection's user needs CREATE USER; nothing was changed",
            ),
            other => self.no_answer(Some(&other)),
        })?;
        // The change is made, whether the goodbye arrives or not.
        let _ = session.connection.disconnect().await;
        Ok(())
    }

    /// Logs in as the user and out again.
    async fn try_out(&self, change: &Change<'_>) -> Result<(), TargetError> {
        let login = self.admin.as_login(
            name(change)?,
            &change.credential.password,
            self.user.database.as_deref(),
        )?;
        match login.log_in().await {
            Ok(connection) => {
                let _ = connection.disconnect().await;
                Ok(())
            }
            Err(Some(Error::Server(said))) if LOGIN_REFUSALS.contains(&said.code) => Err(self
                .refused(
                    format!("{} (error {})", said.message, said.code),
                    "see whether someone has changed the user, and that it may log in from here",
                )),
            Err(error) => Err(self.no_answer(error.as_ref())),
        }
    }

    fn no_answer(&self, error: Option<&Error>) -> TargetError {
        let why = match error {
            None => "it did not answer in time".to_owned(),
            Some(Error::Server(said)) => format!("{} (error {})", said.message, said.code),
            Some(error) => error.to_string(),
        };
        TargetError::NoAnswer {
            system: self.admin.server(),
            why,
        }
    }

    fn refused(&self, why: String, remedy: &str) -> TargetError {
        TargetError::Refused {
            system: self.admin.server(),
            why,
            remedy: remedy.to_owned(),
        }
    }
}

#[async_trait]
impl Target for UserTarget {
    fn whereabouts(&self) -> Whereabouts {
        let database = self.user.database.as_deref();
        Whereabouts {
            engine: Some(self.admin.engine()),
            host: Some(self.admin.host().to_owned()),
            port: Some(self.admin.port()),
            dbname: database.or(self.admin.database()).map(str::to_owned),
        }
    }

    async fn set(&self, change: &Change<'_>) -> Result<(), TargetError> {
        if !self.user.dual_password {
            return self.store(change, &change.credential.password, false).await;
        }
        // Setting it twice would put the new password in the place of the one that is kept.
        match self.try_out(change).await {
            Ok(()) => Ok(()),
            Err(TargetError::Refused { .. }) => {
                self.store(change, &change.credential.password, true).await
            }
            Err(other) => Err(other),
        }
    }

    async fn test(&self, change: &Change<'_>) -> Result<(), TargetError> {
        self.try_out(change).await
    }

    async fn revoke(&self, change: &Change<'_>) -> Result<(), TargetError> {
        let current = change.current.and_then(|it| it.username.as_deref());
        if current != change.credential.username.as_deref() {
            // Nobody knows this one.
            let mut password = [0; 32];
            getrandom::fill(&mut password).map_err(|error| TargetError::Unusable {
                why: format!("no random bytes are to be had: {error}"),
                remedy: "see to the random number generator of this machine".to_owned(),
            })?;
            return self
                .store(change, &Secret::copy_from(&password), false)
                .await;
        }
        if !self.user.dual_password {
            // The password of a user who is also the current one has been replaced already.
            return Ok(());
        }
        let statement = format!("ALTER USER {} DISCARD OLD PASSWORD", self.account(change)?);
        self.run(self.session().await?, &statement).await
    }
}

/// The errors by which a server says that a login is not accepted: a wrong password, no password, a database that is not
/// there or not allowed, a locked account, an expired password.
const LOGIN_REFUSALS: [u16; 8] = [1044, 1045, 1049, 1698, 1820, 1862, 3118, 4151];

/// A server's error in words that quote nothing of the statement.
fn meaning(said: &ServerError) -> String {
    let words = match said.code {
        1064 => "it does not know such a statement, ",
        1227 | 1142 => "permission denied, ",
        1290 | 1836 => "the server is read-only, ",
        1396 => "there is no such user, ",
        1524 => "it does not have the authentication plugin, ",
        1819 => "its password policy takes no hash, ",
        _ => "",
    };
    format!("{words}error {}", said.code)
}

fn name<'a>(change: &Change<'a>) -> Result<&'a str, TargetError> {
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
