//! `ephemeral "coffer_database_credential"`

use std::time::SystemTime;

use coffer_backend::VaultStore;
use coffer_plugin::{
    Close, Context, Diagnostic, EphemeralResource, Model, Opened, Renew, Result, Value, validators,
};
use coffer_rotation::generator::PasswordPolicy;
use coffer_rotation::target::postgresql::{Connection, NewRole};
use coffer_vault::{Secret, SecretName, SignedDuration, VersionSelector};
use serde::{Deserialize, Serialize};

use super::renewal;
use crate::Coffer;
use crate::database_lease::{self, DatabaseLease, DatabaseRole, definition_name};
use crate::failure::cannot_about;
use crate::name::Name;
use crate::period::{Period, from_now};
use crate::place::{Place, Placed};
use crate::reading::Opening;
use crate::secret_text::SecretText;
use crate::server_lease::ServerLease;
use crate::server_login::{self, EngineRole};

/// A login of a database for this run: of PostgreSQL with the embedded vault, and of whatever the database engine knows with
/// HashiCorp Vault or OpenBao.
///
/// It is made when it is opened, renewed while Terraform needs it, and taken away when Terraform is done, also after
/// a failed run. If the process is killed, the next run that uses the embedded vault takes it away, and the database lets
/// nobody in with it after its end; with a server it ends with the run's own token, within its `token_ttl`.
#[derive(Model)]
pub(crate) struct DatabaseCredential {
    /// The name of the `coffer_database_role`. Refer to its `id`, which is known once the role is there. With a server, the
    /// name of the role in its database engine.
    #[attr(required)]
    role: Value<Name>,
    /// For how long it is valid unless it is renewed. The role's `default_ttl` unless set; never more than its `max_ttl`. With
    /// a server, for how long each renewal asks it to be.
    #[attr(optional)]
    ttl: Value<Period>,
    /// With a server, where the database engine is mounted. `database` unless set.
    #[attr(optional, validate = validators::not_empty())]
    mount: Value<String>,
    /// With a server, whether the role is a static one: its user is there for good, and the server rotates the password.
    #[attr(optional)]
    static_role: Value<bool>,
    #[flatten]
    place: Place,
    #[flatten]
    opening: Opening,
    /// The user's name.
    #[attr(computed)]
    username: Value<String>,
    /// The password.
    #[attr(computed, sensitive)]
    password: Value<SecretText>,
    /// User, password, host, port and database as a URL. Null with a server, which does not tell where its databases are;
    /// the function `dsn` makes one.
    #[attr(computed, sensitive)]
    dsn: Value<SecretText>,
    /// The host of the database's server. Null with a server of logins.
    #[attr(computed)]
    host: Value<String>,
    /// Its port. Null where the host is.
    #[attr(computed)]
    port: Value<u16>,
    /// The database. Null where the host is.
    #[attr(computed)]
    database: Value<String>,
    /// The lease, as `coffer lease list` and `coffer_leases` show it, or the server's. Null for a static role.
    #[attr(computed)]
    lease_id: Value<String>,
    /// When it ends unless it is renewed, or a static role's password is rotated next (RFC 3339).
    #[attr(computed)]
    expires_at: Value<String>,
}

impl EphemeralResource for DatabaseCredential {
    type Provider = Coffer;
    /// None where nothing was opened in earnest.
    type Lease = Option<Placed<Login>>;
    const TYPE_NAME: &'static str = "coffer_database_credential";

    async fn open(ctx: &Context<Coffer>, config: Self) -> Result<Opened<Self>> {
        if !config.opening.is_due(ctx) {
            let result = Self {
                role: config.role,
                ttl: config.ttl,
                mount: config.mount,
                static_role: config.static_role,
                opening: config.opening,
                place: config.place,
                ..Self::unknown()
            };
            return Ok(Opened::leased(result, None));
        }
        let Name(name) = config.role.clone().require("role")?;
        if let Some(server) = config.place.store(ctx)?.vault_server() {
            return config.open_on_server(server, &name).await;
        }
        let vault = config.place.vault_for_lease(ctx, Self::TYPE_NAME).await?;
        let stored = definition_name(&name)?;
        let found = vault
            .with(move |vault| vault.get(&stored, VersionSelector::Current))
            .await
            .map_err(|error| {
                cannot_about(&format!("read the database role {name}"), &error).at("role")
            })?;
        let role: DatabaseRole =
            serde_json::from_slice(found.value.danger_expose()).map_err(|_| {
                let detail =
                    format!("What stands at {name} was not written by a coffer_database_role.");
                Diagnostic::error("This is no database role", detail).at("role")
            })?;
        let ttl = config
            .ttl
            .as_known()
            .map_or(SignedDuration::from_secs(role.default_ttl), Period::length);
        let ttl = ttl.min(SignedDuration::from_secs(role.max_ttl));
        let new = NewRole {
            name: username(name.as_str())?,
            password: generate(40)?,
            expires: from_now(ttl),
        };
        let (connection, lease) = database_lease::open(vault, &name, &role, &new, ttl).await?;
        let expires = new.expires;
        let place = config.place.clone();
        let result = config.with_result(&connection, &new, &lease);
        Ok(
            Opened::leased(result, Some(place.keep(Login::Vault(lease))))
                .renew_at(renewal(expires)),
        )
    }
}

impl Renew for DatabaseCredential {
    async fn renew(
        ctx: &Context<Coffer>,
        lease: &Option<Placed<Login>>,
    ) -> Result<Option<SystemTime>> {
        let Some(placed) = lease else {
            return Ok(None);
        };
        let expires = match &placed.lease {
            Login::Vault(lease) => {
                let vault = placed.vault(ctx, Self::TYPE_NAME)?;
                Some(database_lease::renew(vault, lease).await?)
            }
            Login::Server(lease) => lease.renew(placed.server(ctx, Self::TYPE_NAME)?).await?,
        };
        Ok(expires.and_then(renewal))
    }
}

impl Close for DatabaseCredential {
    async fn close(ctx: &Context<Coffer>, lease: Option<Placed<Login>>) -> Result<()> {
        let Some(placed) = lease else {
            return Ok(());
        };
        match &placed.lease {
            Login::Vault(lease) => {
                let vault = placed.vault(ctx, Self::TYPE_NAME)?;
                Ok(database_lease::close(vault, lease).await?)
            }
            Login::Server(lease) => Ok(lease.revoke(placed.server(ctx, Self::TYPE_NAME)?).await?),
        }
    }
}

/// What renewing a login and taking it away need.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Login {
    /// One that coffer made, with a lease in the embedded vault.
    Vault(DatabaseLease),
    /// One that a server made.
    Server(ServerLease),
}

impl DatabaseCredential {
    async fn open_on_server(self, server: &VaultStore, name: &SecretName) -> Result<Opened<Self>> {
        let role = EngineRole {
            mount: self.mount.as_known().map_or("database", String::as_str),
            name,
            is_static: self.static_role.as_known().copied().unwrap_or_default(),
        };
        let ttl = self.ttl.as_known().map(Period::length);
        let login = server_login::open(server, &role, ttl).await?;
        let is_renewable = login.lease.as_ref().is_some_and(ServerLease::is_renewable);
        let renew_at = login.expires.filter(|_| is_renewable).and_then(renewal);
        let place = self.place.clone();
        let id = login.lease.as_ref().map(|lease| lease.id().to_owned());
        let result = Self {
            username: Value::Known(login.username),
            password: Value::Known(login.password),
            dsn: Value::Null,
            host: Value::Null,
            port: Value::Null,
            database: Value::Null,
            lease_id: id.into(),
            expires_at: login.expires.map(|time| time.to_string()).into(),
            ..self
        };
        let lease = login.lease.map(|lease| place.keep(Login::Server(lease)));
        Ok(Opened::leased(result, lease).renew_at(renew_at))
    }

    fn with_result(self, connection: &Connection, new: &NewRole, lease: &DatabaseLease) -> Self {
        let password = new.password.danger_expose_str().unwrap_or_default();
        let host = connection.host().unwrap_or_default();
        let database = connection.database().unwrap_or("postgres");
        let mode = if connection.encrypts() {
            "verify-full"
        } else {
            "disable"
        };
        // User and password are letters and digits; an IPv6 address stands in brackets.
        let address = if host.contains(':') {
            format!("[{host}]")
        } else {
            host.to_owned()
        };
        let dsn = format!(
            "postgresql://{}:{password}@{address}:{}/{database}?sslmode={mode}",
            new.name,
            connection.port()
        );
        Self {
            username: Value::Known(new.name.clone()),
            password: SecretText::new(new.password.clone()).into(),
            dsn: Value::Known(dsn.into()),
            host: Value::Known(host.to_owned()),
            port: Value::Known(connection.port()),
            database: Value::Known(database.to_owned()),
            lease_id: Value::Known(lease.lease.clone()),
            expires_at: Value::Known(new.expires.to_string()),
            ..self
        }
    }
}

/// Letters and digits, which need no escape in SQL and URLs.
fn generate(length: usize) -> Result<Secret, Diagnostic> {
    let policy = PasswordPolicy {
        length,
        special: false,
        ..PasswordPolicy::default()
    };
    let generated = policy.generate().map_err(|error| {
        Diagnostic::error("No password could be generated", format!("{error}."))
    })?;
    Ok(generated.value)
}

/// A user's name that tells whose it is, and that nobody has yet: PostgreSQL takes 63 bytes.
fn username(role: &str) -> Result<String, Diagnostic> {
    let readable: String = role
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '_'
            }
        })
        .take(30)
        .collect();
    let random = generate(20)?;
    let random = random
        .danger_expose_str()
        .unwrap_or_default()
        .to_ascii_lowercase();
    Ok(format!("coffer_{readable}_{random}"))
}
