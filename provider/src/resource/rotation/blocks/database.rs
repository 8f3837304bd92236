//! Blocks of targets that are users of databases.

use coffer_plugin::{Model, Value, validators};
use coffer_rotation::target::TargetSpec;
use coffer_rotation::target::mysql::{MysqlUser, Plugin};
use coffer_rotation::target::openbao::StaticRole;
use coffer_rotation::target::postgresql::RotatedRole;

use super::{TargetBlock, reference, text, words};

/// A role of a PostgreSQL server.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct PostgresqlTarget {
    /// The secret with the connection of whoever may change the role: a URL, libpq's text, or JSON as AWS has it for
    /// databases. Its `sslmode` holds for the role's login, too. A name in the same store, or `STORE:NAME`.
    #[attr(required, validate = reference)]
    admin_secret: Value<String>,
    /// The database that the role logs in to when its password is tried. That of the connection unless set.
    #[attr(optional, validate = validators::not_empty())]
    database: Value<String>,
    /// What sets the password, with `{{name}}` and `{{password}}` in it; the latter is a SCRAM-SHA-256 verifier. An
    /// `ALTER ROLE` unless set.
    #[attr(optional, validate = validators::items(1..=100))]
    statements: Value<Vec<String>>,
}

/// A user of a MySQL or MariaDB server.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct MysqlTarget {
    /// The secret with the connection of whoever may change the user: a URL such as
    /// `mysql://admin:…@db.example.com:3306/app?ssl-mode=VERIFY_IDENTITY`, or JSON as AWS has it for databases. Its
    /// `ssl-mode` and `ssl-ca` hold for the user's login, too. A name in the same store, or `STORE:NAME`.
    #[attr(required, validate = reference)]
    admin_secret: Value<String>,
    /// The host part of the user's name, such as `10.0.%`. `%` unless set.
    #[attr(optional, validate = validators::not_empty())]
    user_host: Value<String>,
    /// The database that the user logs in to when its password is tried. That of the connection unless set.
    #[attr(optional, validate = validators::not_empty())]
    database: Value<String>,
    /// How the user is authenticated: `mysql_native_password`, `caching_sha2_password` or `ed25519`. The server is asked
    /// unless it is set, for which the connection's user reads `mysql.user`.
    #[attr(optional, validate = validators::one_of(&["mysql_native_password", "caching_sha2_password", "ed25519"]))]
    plugin: Value<String>,
    /// Whether the previous password stays valid beside the new one, until `grace_period` is over or the next rotation:
    /// MySQL 8.0.14 and later. `false` unless set.
    #[attr(optional)]
    dual_password: Value<bool>,
}

/// A static role of the database engine of OpenBao or HashiCorp Vault. The server changes the password in the database and
/// keeps it; the secret follows it. With `detect_drift` it also follows what the server has rotated by itself.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct OpenbaoStaticRoleTarget {
    /// The static role's name.
    #[attr(required, validate = validators::not_empty())]
    role: Value<String>,
    /// Where the database engine is mounted. `database` unless set.
    #[attr(optional, validate = validators::not_empty())]
    mount: Value<String>,
    /// The secret with the server and a login: JSON with `address`, `token` or `role_id` and `secret_id`, and, where they
    /// are needed, `namespace`, `ca_file` and the `mount` of AppRole. The environment's (`BAO_ADDR`, `VAULT_ADDR`, ...)
    /// unless set. A name in the same store, or `STORE:NAME`.
    #[attr(optional, validate = reference)]
    server_secret: Value<String>,
}

impl TargetBlock for PostgresqlTarget {
    fn spec(&self) -> Option<TargetSpec> {
        Some(TargetSpec::Postgresql(RotatedRole {
            admin_secret: text(&self.admin_secret),
            database: self.database.as_known().cloned(),
            statements: words(&self.statements),
        }))
    }

    fn has_unknown(&self) -> bool {
        self.admin_secret.is_unknown() || self.database.is_unknown() || self.statements.is_unknown()
    }
}

impl TargetBlock for MysqlTarget {
    fn spec(&self) -> Option<TargetSpec> {
        Some(TargetSpec::Mysql(MysqlUser {
            admin_secret: text(&self.admin_secret),
            user_host: self.user_host.as_known().cloned(),
            database: self.database.as_known().cloned(),
            plugin: self.plugin.as_known().and_then(|name| Plugin::of(name)),
            dual_password: self.dual_password.as_known().copied().unwrap_or(false),
        }))
    }

    fn has_unknown(&self) -> bool {
        self.admin_secret.is_unknown()
            || self.user_host.is_unknown()
            || self.database.is_unknown()
            || self.plugin.is_unknown()
            || self.dual_password.is_unknown()
    }
}

impl TargetBlock for OpenbaoStaticRoleTarget {
    fn spec(&self) -> Option<TargetSpec> {
        Some(TargetSpec::OpenbaoStaticRole(StaticRole {
            role: text(&self.role),
            mount: self.mount.as_known().cloned(),
            server_secret: self.server_secret.as_known().cloned(),
        }))
    }

    fn has_unknown(&self) -> bool {
        self.role.is_unknown() || self.mount.is_unknown() || self.server_secret.is_unknown()
    }
}
