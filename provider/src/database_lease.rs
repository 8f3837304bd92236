//! Database roles that are made for one run, and the leases that make sure that they end with it.

use coffer_backend::{EmbeddedStore, Error as StoreError};
use coffer_plugin::Diagnostic;
use coffer_rotation::source::OneStore;
use coffer_rotation::target::postgresql::{
    Connection, Error as TargetError, LEASE_KIND, LeasedRole, NewRole, RoleDefinition,
};
use coffer_vault::{LeaseRequest, SecretName, SignedDuration, Timestamp, VersionSelector};
use serde::{Deserialize, Serialize};

use crate::failure::{cannot, cannot_about, cannot_because};
use crate::period::from_now;

/// Where the definitions of roles stand in the vault.
const DEFINITIONS: &str = "coffer/database-roles/";

/// The definition of a database role, as the vault keeps it. It holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DatabaseRole {
    /// The name of the secret with the connection.
    pub(crate) connection: String,
    /// What the roles are made of.
    #[serde(flatten)]
    pub(crate) definition: RoleDefinition,
    /// For how long they are valid unless they are renewed, in seconds.
    pub(crate) default_ttl: i64,
    /// For how long they can be renewed, in seconds.
    pub(crate) max_ttl: i64,
}

/// The name under which the definition of the role `name` stands.
pub(crate) fn definition_name(name: &SecretName) -> Result<SecretName, Diagnostic> {
    SecretName::parse(&format!("{DEFINITIONS}{name}")).map_err(|error| {
        Diagnostic::error("This is no name of a role", format!("{error}.")).at("name")
    })
}

/// What renewing and revoking a credential need.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct DatabaseLease {
    pub(crate) lease: String,
    revocation: String,
    ttl_seconds: i64,
    /// The end that renewing cannot move (RFC 3339).
    latest: String,
}

/// Makes the role, with a lease that is registered before.
pub(crate) async fn open(
    store: &EmbeddedStore,
    name: &SecretName,
    role: &DatabaseRole,
    new: &NewRole,
    ttl: SignedDuration,
) -> Result<(Connection, DatabaseLease), Diagnostic> {
    let connection = connection(store, &role.connection).await?;
    let revocation = LeasedRole {
        connection: role.connection.clone(),
        role: new.name.clone(),
        statements: role.definition.revocation.clone(),
    };
    // Texts always have a JSON form.
    let revocation = serde_json::to_string(&revocation).unwrap_or_default();
    let request = LeaseRequest {
        name: name.clone(),
        kind: LEASE_KIND.to_owned(),
        revocation: revocation.clone(),
        expires: new.expires,
    };
    let lease = store
        .with(move |vault| vault.register_lease(request))
        .await
        .map_err(|error| cannot("register a lease", &error))?;
    if let Err(error) = role.definition.create(&connection, new).await {
        // The statements are one transaction: a refusal has made nothing. A connection that broke may have.
        if matches!(error, TargetError::Refused { .. }) {
            let id = lease.id;
            let _ = store.with(move |vault| vault.close_lease(&id)).await;
        }
        return Err(target(&format!("make a role for {name}"), &error));
    }
    let latest = from_now(SignedDuration::from_secs(role.max_ttl));
    let lease = DatabaseLease {
        lease: lease.id,
        revocation,
        ttl_seconds: ttl.as_secs(),
        latest: latest.to_string(),
    };
    Ok((connection, lease))
}

/// Moves the role's end, and says to when.
pub(crate) async fn renew(
    store: &EmbeddedStore,
    lease: &DatabaseLease,
) -> Result<Timestamp, Diagnostic> {
    let revocation = parse(&lease.revocation)?;
    let latest: Timestamp = lease.latest.parse().unwrap_or(Timestamp::MIN);
    let expires = from_now(SignedDuration::from_secs(lease.ttl_seconds)).min(latest);
    let connection = connection(store, &revocation.connection).await?;
    RoleDefinition::renew(&connection, &revocation.role, expires)
        .await
        .map_err(|error| target("renew a database role", &error))?;
    let id = lease.lease.clone();
    store
        .with(move |vault| vault.renew_lease(&id, expires))
        .await
        .map_err(|error| cannot("renew a lease", &error))?;
    Ok(expires)
}

/// Takes the role away. One that is gone is no error.
pub(crate) async fn close(store: &EmbeddedStore, lease: &DatabaseLease) -> Result<(), Diagnostic> {
    revoke(store, &lease.revocation).await?;
    let id = lease.lease.clone();
    store
        .with(move |vault| vault.close_lease(&id))
        .await
        .map(drop)
        .map_err(|error| cannot("close a lease", &error))
}

async fn revoke(store: &EmbeddedStore, revocation: &str) -> Result<(), Diagnostic> {
    parse(revocation)?
        .revoke(&OneStore(store))
        .await
        .map_err(|error| cannot_because("revoke a database role", &error, &error.remedy()))
}

/// Reads the connection that stands in the secret `name`.
async fn connection(store: &EmbeddedStore, name: &str) -> Result<Connection, Diagnostic> {
    let parsed = SecretName::parse(name)
        .map_err(|error| Diagnostic::error("This is no name of a secret", format!("{error}.")))?;
    let read = {
        let parsed = parsed.clone();
        store.with(move |vault| vault.get(&parsed, VersionSelector::Current))
    };
    let secret = read.await.map_err(|error: StoreError| {
        cannot_about(&format!("read the connection {parsed}"), &error)
    })?;
    Connection::parse(&secret.value)
        .map_err(|error| target(&format!("use the connection {parsed}"), &error))
}

fn parse(revocation: &str) -> Result<LeasedRole, Diagnostic> {
    serde_json::from_str(revocation).map_err(|_| {
        Diagnostic::error(
            "A lease cannot be read",
            "Another program has written it. `coffer lease list` shows it; revoke it with that program.",
        )
    })
}

fn target(doing: &str, error: &TargetError) -> Diagnostic {
    cannot_because(doing, error, &error.remedy())
}
