//! Database logins of the database engine of a HashiCorp Vault or OpenBao server.

use coffer_backend::{VaultLeaseRequest, VaultStore};
use coffer_plugin::Diagnostic;
use coffer_vault::{SecretName, SignedDuration, Timestamp};

use crate::member::member;
use crate::period::from_now;
use crate::secret_text::SecretText;
use crate::server_lease::{self, ServerLease};

/// A role of a database engine.
pub(crate) struct EngineRole<'a> {
    /// Where the engine is mounted.
    pub(crate) mount: &'a str,
    /// The role.
    pub(crate) name: &'a SecretName,
    /// Whether its login is there for good, and its password rotated by the server.
    pub(crate) is_static: bool,
}

/// A login.
pub(crate) struct ServerLogin {
    /// The user's name.
    pub(crate) username: String,
    /// The password.
    pub(crate) password: SecretText,
    /// When it ends, or for a static role when the server rotates the password next.
    pub(crate) expires: Option<Timestamp>,
    /// What takes it back; none for a static role.
    pub(crate) lease: Option<ServerLease>,
}

/// Has the engine make a login, or reads that of a static role.
pub(crate) async fn open(
    server: &VaultStore,
    role: &EngineRole<'_>,
    ttl: Option<SignedDuration>,
) -> Result<ServerLogin, Diagnostic> {
    let kind = if role.is_static {
        "static-creds"
    } else {
        "creds"
    };
    let path = format!("{}/{kind}/{}", role.mount.trim_matches('/'), role.name);
    let request = VaultLeaseRequest { path, data: None };
    let (given, lease) = server_lease::open(server, &request, ttl)
        .await
        .map_err(|diagnostic| diagnostic.at("role"))?;
    let found = (
        member(&given.data, "username"),
        member(&given.data, "password"),
    );
    let (Ok(username), Ok(password)) = found else {
        // What was given is of no use, so it is given back at once: nobody would close it.
        if let Some(lease) = lease {
            lease.revoke(server).await?;
        }
        return Err(Diagnostic::error(
            format!("{} gives no username and password", request.path),
            "The role is one for keys or certificates. Use `coffer_lease`, which gives whatever the engine gives.",
        )
        .at("role"));
    };
    let seconds = member(&given.data, "ttl").ok();
    let rotated = seconds.and_then(|text| text.danger_expose().parse::<i64>().ok());
    let rotated = rotated.map(|seconds| from_now(SignedDuration::from_secs(seconds)));
    Ok(ServerLogin {
        username: username.danger_expose().to_owned(),
        password,
        expires: given.expires().or(rotated),
        lease,
    })
}
