//! Where the server is, and as whom to log in there.

use std::path::PathBuf;

use coffer_backend::{
    Error, ErrorKind, SecretStore, VaultCredential, VaultLease, VaultLeaseRequest, VaultLogin,
    VaultSettings, VaultStore,
};
use coffer_vault::Secret;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::target::TargetError;

/// The server's name in errors.
pub(super) const SYSTEM: &str = "OpenBao";

/// An OpenBao or HashiCorp Vault server.
#[derive(Clone)]
pub struct Server(VaultSettings);

/// The secret with a server and a login. What it does not say comes from the environment, as the tools of these servers
/// take it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Json {
    address: Option<String>,
    namespace: Option<String>,
    ca_file: Option<PathBuf>,
    token: Option<String>,
    role_id: Option<String>,
    secret_id: Option<String>,
    /// The mount of AppRole.
    mount: Option<String>,
}

impl Server {
    /// The server that the environment describes.
    #[must_use]
    pub fn of_environment() -> Self {
        Self(VaultSettings {
            // Each step logs in for itself; a child token for each would be one more to revoke.
            skip_child_token: true,
            ..VaultSettings::default()
        })
    }

    /// Reads a server with its login: a JSON object with `address`, and `token` or `role_id` and `secret_id`.
    ///
    /// # Errors
    /// [`TargetError::Unusable`]; the text is not repeated.
    pub fn parse(secret: &Secret) -> Result<Self, TargetError> {
        // The parser's message would quote what it read.
        let json: Json = serde_json::from_slice(secret.danger_expose()).map_err(|error| {
            no_server(&format!(
                "the JSON object does not fit, at column {}",
                error.column()
            ))
        })?;
        let login = match (json.token, json.role_id) {
            (Some(token), None) => Some(VaultLogin::Token(VaultCredential::Given(token.into()))),
            (None, Some(role_id)) => Some(VaultLogin::AppRole {
                mount: json.mount,
                role_id,
                secret_id: json.secret_id.map(|it| VaultCredential::Given(it.into())),
                is_wrapped: false,
            }),
            (None, None) => None,
            (Some(_), Some(_)) => return Err(no_server("it has both a token and a role_id")),
        };
        Ok(Self(VaultSettings {
            address: json.address,
            namespace: json.namespace,
            ca_file: json.ca_file,
            login,
            ..Self::of_environment().0
        }))
    }

    /// Reads `path`.
    pub(super) async fn read(&self, path: String) -> Result<VaultLease, TargetError> {
        self.send(VaultLeaseRequest { path, data: None }).await
    }

    /// Writes `data` to `path`, once.
    pub(super) async fn write(
        &self,
        path: String,
        data: Map<String, Value>,
    ) -> Result<VaultLease, TargetError> {
        let data = Some(data);
        self.send(VaultLeaseRequest { path, data }).await
    }

    async fn send(&self, request: VaultLeaseRequest) -> Result<VaultLease, TargetError> {
        let store = VaultStore::new(self.0.clone());
        let answer = store.lease(&request).await;
        store.close().await;
        answer.map_err(told)
    }
}

/// The members of an answer that are text, without copies that nobody wipes.
pub(super) fn member(answer: &VaultLease, name: &str) -> Result<Option<Secret>, TargetError> {
    let mut found: Value = serde_json::from_slice(answer.data.danger_expose())
        .map_err(|_| unexpected("its answer is no JSON object"))?;
    let text = found.get(name).and_then(Value::as_str);
    let text = text.map(|text| Secret::copy_from(text.as_bytes()));
    coffer_backend::wipe_json(&mut found);
    Ok(text)
}

/// The member of an answer that is a number.
pub(super) fn number(answer: &VaultLease, name: &str) -> Option<i64> {
    let mut found: Value = serde_json::from_slice(answer.data.danger_expose()).ok()?;
    let number = found.get(name).and_then(Value::as_i64);
    coffer_backend::wipe_json(&mut found);
    number
}

/// An answer without what it should have.
pub(super) fn unexpected(why: &str) -> TargetError {
    TargetError::NoAnswer {
        system: SYSTEM.to_owned(),
        why: why.to_owned(),
    }
}

fn told(error: Error) -> TargetError {
    let remedy =
        "see that the login may use the path, and that mount and role are there".to_owned();
    match error.kind() {
        ErrorKind::Invalid | ErrorKind::NotFound if matches!(error, Error::Setting { .. }) => {
            TargetError::Unusable {
                why: error.to_string(),
                remedy: "correct the server's secret, or the environment".to_owned(),
            }
        }
        ErrorKind::Denied | ErrorKind::Invalid | ErrorKind::NotFound => TargetError::Refused {
            system: SYSTEM.to_owned(),
            why: error.to_string(),
            remedy,
        },
        _ => unexpected(&error.to_string()),
    }
}

fn no_server(why: &str) -> TargetError {
    TargetError::Unusable {
        why: format!("the secret with the server is none: {why}"),
        remedy: "store a JSON object such as {\"address\": \"https://bao.example.com:8200\", \"role_id\": \"…\", \"secret_id\": \"…\"}, or leave it out and set BAO_ADDR and BAO_TOKEN"
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_server_is_told_without_repeating_it() {
        for text in [
            "hunter2-fake",
            r#"{"address": "https://bao.example.com", "tokken": "hunter2-fake"}"#,
            r#"{"token": "hunter2-fake", "role_id": "fake-role"}"#,
            r#"{"token": ["hunter2-fake"]}"#,
        ] {
            let error = Server::parse(&Secret::copy_from(text.as_bytes()))
                .err()
                .unwrap();
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
        let good = r#"{"address": "https://bao.example.com", "token": "fake-token"}"#;
        assert!(Server::parse(&Secret::copy_from(good.as_bytes())).is_ok());
    }
}
