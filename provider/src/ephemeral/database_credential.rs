//! `ephemeral "coffer_database_credential"`

use std::time::SystemTime;

use coffer_plugin::{
    Close, Context, Diagnostic, EphemeralResource, Model, Opened, Renew, Result, Value,
};
use coffer_rotation::generator::PasswordPolicy;
use coffer_rotation::target::postgresql::{Connection, NewRole};
use coffer_vault::{Secret, SignedDuration, VersionSelector};

use super::renewal;
use crate::Coffer;
use crate::database_lease::{self, DatabaseLease, DatabaseRole, definition_name};
use crate::failure::cannot_about;
use crate::name::Name;
use crate::period::{Period, from_now};
use crate::place::{Place, Placed};
use crate::reading::Opening;
use crate::secret_text::SecretText;

/// A login of a PostgreSQL database for this run.
///
/// A role is made when it is opened, renewed while Terraform needs it, and taken away when Terraform is done, also after
/// a failed run. If the process is killed, the next run that uses the vault takes it away, and the server lets nobody in
/// with it after its end.
#[derive(Model)]
pub(crate) struct DatabaseCredential {
    /// The name of the `coffer_database_role`. Refer to its `id`, which is known once the role is there.
    #[attr(required)]
    role: Value<Name>,
    /// For how long it is valid unless it is renewed. The role's `default_ttl` unless set; never more than its `max_ttl`.
    #[attr(optional)]
    ttl: Value<Period>,
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
    /// User, password, host, port and database as a URL.
    #[attr(computed, sensitive)]
    dsn: Value<SecretText>,
    /// The server's host.
    #[attr(computed)]
    host: Value<String>,
    /// The server's port.
    #[attr(computed)]
    port: Value<u16>,
    /// The database.
    #[attr(computed)]
    database: Value<String>,
    /// The lease, as `coffer lease list` and `coffer_leases` show it.
    #[attr(computed)]
    lease_id: Value<String>,
    /// When it ends unless it is renewed (RFC 3339).
    #[attr(computed)]
    expires_at: Value<String>,
}

impl EphemeralResource for DatabaseCredential {
    type Provider = Coffer;
    /// None where nothing was opened in earnest.
    type Lease = Option<Placed<DatabaseLease>>;
    const TYPE_NAME: &'static str = "coffer_database_credential";

    async fn open(ctx: &Context<Coffer>, config: Self) -> Result<Opened<Self>> {
        if !config.opening.is_due(ctx) {
            let result = Self {
                role: config.role,
                ttl: config.ttl,
                opening: config.opening,
                place: config.place,
                ..Self::unknown()
            };
            return Ok(Opened::leased(result, None));
        }
        let Name(name) = config.role.clone().require("role")?;
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
        Ok(Opened::leased(result, Some(place.keep(lease))).renew_at(renewal(expires)))
    }
}

impl Renew for DatabaseCredential {
    async fn renew(
        ctx: &Context<Coffer>,
        lease: &Option<Placed<DatabaseLease>>,
    ) -> Result<Option<SystemTime>> {
        let Some(lease) = lease else {
            return Ok(None);
        };
        let vault = lease.vault(ctx, Self::TYPE_NAME)?;
        Ok(renewal(database_lease::renew(vault, &lease.lease).await?))
    }
}

impl Close for DatabaseCredential {
    async fn close(ctx: &Context<Coffer>, lease: Option<Placed<DatabaseLease>>) -> Result<()> {
        let Some(lease) = lease else {
            return Ok(());
        };
        let vault = lease.vault(ctx, Self::TYPE_NAME)?;
        Ok(database_lease::close(vault, &lease.lease).await?)
    }
}

impl DatabaseCredential {
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
