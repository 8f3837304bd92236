//! Leases of dynamic engines: what a path gives for a while, and takes back.

use coffer_vault::{Secret, SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::SYSTEM;
use super::VaultStore;
use super::api::Request;
use super::path::escape;
use super::value::Json;
use crate::error::{Error, Result};

/// What to ask a dynamic engine for.
pub struct VaultLeaseRequest {
    /// The path, such as `database/creds/app`.
    pub path: String,
    /// What to send; the path is then written instead of read.
    pub data: Option<Map<String, Value>>,
}

/// What a dynamic engine gave.
pub struct VaultLease {
    /// The members of the answer, as a JSON object.
    pub data: Secret,
    /// The lease; empty where the engine makes none.
    pub id: String,
    /// Whether it can be renewed.
    pub is_renewable: bool,
    /// For how long it is valid; zero where the engine says nothing.
    pub duration: SignedDuration,
}

impl VaultLease {
    /// When it ends unless it is renewed.
    pub fn expires(&self) -> Option<Timestamp> {
        let lasting = self.duration > SignedDuration::ZERO;
        lasting.then(|| Timestamp::now().saturating_add(self.duration).ok())?
    }
}

impl VaultStore {
    /// Asks a dynamic engine. The request is sent once: what its answer would have given ends by itself.
    ///
    /// # Errors
    /// Where the path is not there or not allowed, or the server does not answer.
    pub async fn lease(&self, request: &VaultLeaseRequest) -> Result<VaultLease> {
        let path = request.path.trim_matches('/');
        if path.is_empty()
            || path
                .split('/')
                .any(|segment| matches!(segment, "" | "." | ".."))
        {
            return Err(Error::Invalid {
                system: SYSTEM,
                said: "a path has segments between single slashes, such as database/creds/app"
                    .to_owned(),
            });
        }
        let path = escape(path);
        let sent = match &request.data {
            Some(data) => Request::post(path, &Json(Value::Object(data.clone()))),
            None => Request::new(Method::GET, path),
        };
        let reply = self.api().await?.send(&sent.once()).await?;
        if reply.status == 404 {
            return Err(Error::Invalid {
                system: SYSTEM,
                said: format!("there is nothing at {}", request.path),
            });
        }
        let reply = reply.success()?;
        let data = Json(reply.data());
        let text = |name| reply.body.0.get(name).and_then(Value::as_str);
        let seconds = reply.body.0.get("lease_duration").and_then(Value::as_i64);
        Ok(VaultLease {
            data: data.to_secret(),
            id: text("lease_id").unwrap_or_default().to_owned(),
            is_renewable: reply.body.0.get("renewable").and_then(Value::as_bool) == Some(true),
            duration: SignedDuration::from_secs(seconds.unwrap_or_default()),
        })
    }

    /// Renews a lease, and says for how long it is valid now: a lease near its greatest age gets less than it asks for.
    ///
    /// # Errors
    /// Where it has ended.
    pub async fn renew_lease(
        &self,
        id: &str,
        wanted: Option<SignedDuration>,
    ) -> Result<SignedDuration> {
        let mut body = json!({ "lease_id": id });
        if let (Some(wanted), Some(members)) = (wanted, body.as_object_mut()) {
            members.insert("increment".to_owned(), wanted.as_secs().into());
        }
        let request = Request::post("sys/leases/renew", &Json(body));
        let reply = self.api().await?.send(&request).await?.success()?;
        let seconds = reply.body.0.get("lease_duration").and_then(Value::as_i64);
        Ok(SignedDuration::from_secs(seconds.unwrap_or_default()))
    }

    /// Revokes a lease, and waits until it is done. One that has ended is no error. Where the token may not revoke it and was
    /// made for this run, the lease ends with it, when the store is closed.
    ///
    /// # Errors
    /// Where the server cannot revoke it.
    pub async fn revoke_lease(&self, id: &str) -> Result<()> {
        let body = Json(json!({ "lease_id": id, "sync": true }));
        let request = Request::post("sys/leases/revoke", &body);
        let api = self.api().await?;
        let reply = api.send(&request).await?;
        if reply.status == 403 && api.has_own_token().await? {
            return Ok(());
        }
        reply.success().map(drop)
    }
}
