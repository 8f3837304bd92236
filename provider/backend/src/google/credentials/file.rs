//! Credentials in JSON, as Google hands them out.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use coffer_vault::{Secret, Timestamp};
use serde::Deserialize;
use serde_json::json;

use super::{SCOPE, exchange, login};
use crate::error::{Error, Result};
use crate::google::SYSTEM;
use crate::http::{Call, Client, Token, is_guarded};
use crate::jwt::{self, Signature};

const TOKEN_URL: &str = "https://oauth2.googleapis.com/token";
const JWT_BEARER: &[u8] = b"urn:ietf:params:oauth:grant-type:jwt-bearer";
const TOKEN_EXCHANGE: &[u8] = b"urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &[u8] = b"urn:ietf:params:oauth:token-type:access_token";

/// A file of credentials.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum CredentialFile {
    /// A service account's key.
    ServiceAccount {
        client_email: String,
        private_key: String,
        #[serde(default)]
        private_key_id: String,
        #[serde(default = "token_url")]
        token_uri: String,
        project_id: Option<String>,
        quota_project_id: Option<String>,
    },
    /// A user's consent, as `gcloud auth application-default login` writes it.
    AuthorizedUser {
        client_id: String,
        client_secret: String,
        refresh_token: String,
        #[serde(default = "token_url")]
        token_uri: String,
        quota_project_id: Option<String>,
    },
    /// Another identity that acts as a service account.
    ImpersonatedServiceAccount {
        source_credentials: Box<CredentialFile>,
        service_account_impersonation_url: String,
        #[serde(default)]
        delegates: Vec<String>,
        quota_project_id: Option<String>,
    },
    /// Workload identity federation: a token of another system.
    ExternalAccount {
        audience: String,
        subject_token_type: String,
        token_url: String,
        credential_source: ExternalSource,
        service_account_impersonation_url: Option<String>,
        quota_project_id: Option<String>,
    },
}

/// Where the other system's token is.
#[derive(Deserialize)]
pub(super) struct ExternalSource {
    file: Option<PathBuf>,
    url: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    format: Option<ExternalFormat>,
}

#[derive(Deserialize)]
struct ExternalFormat {
    #[serde(rename = "type")]
    kind: String,
    subject_token_field_name: Option<String>,
}

fn token_url() -> String {
    TOKEN_URL.to_owned()
}

impl CredentialFile {
    /// Reads credentials in JSON, or the file whose path is given.
    pub(super) fn read(credentials: &Secret) -> Result<Self> {
        let text = credentials
            .danger_expose_str()
            .map_err(|_| setting("is neither JSON nor a path".to_owned()))?
            .trim();
        if text.starts_with('{') {
            return Self::parse(text.as_bytes(), "the JSON");
        }
        Self::open(Path::new(text))
    }

    /// Reads a file.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let place = path.display();
        let bytes = std::fs::read(path)
            .map_err(|error| setting(format!("cannot be read from {place}: {error}")))?;
        Self::parse(Secret::new(bytes).danger_expose(), &place.to_string())
    }

    fn parse(bytes: &[u8], place: &str) -> Result<Self> {
        // serde's text may repeat what it found.
        let file: Self = serde_json::from_slice(bytes).map_err(|error| {
            setting(format!(
                "in {place} are no credentials that coffer knows (line {}, column {})",
                error.line(),
                error.column()
            ))
        })?;
        file.check(place)?;
        Ok(file)
    }

    /// A file from elsewhere must not send secrets over an open line.
    fn check(&self, place: &str) -> Result<()> {
        let mut urls = Vec::new();
        match self {
            Self::ServiceAccount { token_uri, .. } | Self::AuthorizedUser { token_uri, .. } => {
                urls.push(token_uri);
            }
            Self::ImpersonatedServiceAccount {
                source_credentials,
                service_account_impersonation_url,
                ..
            } => {
                urls.push(service_account_impersonation_url);
                source_credentials.check(place)?;
            }
            Self::ExternalAccount {
                token_url,
                service_account_impersonation_url,
                ..
            } => {
                urls.push(token_url);
                urls.extend(service_account_impersonation_url);
            }
        }
        match urls.into_iter().find(|url| !is_guarded(url)) {
            None => Ok(()),
            Some(url) => Err(setting(format!(
                "in {place} would send secrets to {url}, which is no https address"
            ))),
        }
    }

    pub(super) fn project(&self) -> Option<&str> {
        match self {
            Self::ServiceAccount { project_id, .. } => project_id.as_deref(),
            _ => self.quota_project(),
        }
    }

    pub(super) fn quota_project(&self) -> Option<&str> {
        match self {
            Self::ServiceAccount {
                quota_project_id, ..
            }
            | Self::AuthorizedUser {
                quota_project_id, ..
            }
            | Self::ImpersonatedServiceAccount {
                quota_project_id, ..
            }
            | Self::ExternalAccount {
                quota_project_id, ..
            } => quota_project_id.as_deref(),
        }
    }

    /// Fetches an access token.
    pub(super) async fn token(&self, client: &Client) -> Result<Token> {
        match self {
            Self::ServiceAccount {
                client_email,
                private_key,
                private_key_id,
                token_uri,
                ..
            } => {
                let now = Timestamp::now().as_second();
                let claims = json!({
                    "iss": client_email, "scope": SCOPE, "aud": token_uri,
                    "iat": now, "exp": now.saturating_add(3600),
                });
                let key = jwt::rsa_key(private_key.as_bytes()).map_err(key_unusable)?;
                let header = json!({ "kid": private_key_id });
                let assertion =
                    jwt::sign(&key, Signature::Rs256, header, &claims).map_err(key_unusable)?;
                let fields = [
                    ("grant_type", JWT_BEARER),
                    ("assertion", assertion.danger_expose()),
                ];
                exchange::ask(client, token_uri, &fields).await
            }
            Self::AuthorizedUser {
                client_id,
                client_secret,
                refresh_token,
                token_uri,
                ..
            } => {
                let fields: [(&str, &[u8]); 4] = [
                    ("grant_type", b"refresh_token"),
                    ("client_id", client_id.as_bytes()),
                    ("client_secret", client_secret.as_bytes()),
                    ("refresh_token", refresh_token.as_bytes()),
                ];
                exchange::ask(client, token_uri, &fields).await
            }
            Self::ImpersonatedServiceAccount {
                source_credentials,
                service_account_impersonation_url,
                delegates,
                ..
            } => {
                let token = Box::pin(source_credentials.token(client)).await?;
                let url = service_account_impersonation_url;
                exchange::impersonate(client, &token.value, url, delegates).await
            }
            Self::ExternalAccount {
                audience,
                subject_token_type,
                token_url,
                credential_source,
                service_account_impersonation_url,
                ..
            } => {
                let subject = credential_source.token(client).await?;
                let fields: [(&str, &[u8]); 6] = [
                    ("grant_type", TOKEN_EXCHANGE),
                    ("audience", audience.as_bytes()),
                    ("scope", SCOPE.as_bytes()),
                    ("requested_token_type", ACCESS_TOKEN),
                    ("subject_token_type", subject_token_type.as_bytes()),
                    ("subject_token", subject.danger_expose()),
                ];
                let token = exchange::ask(client, token_url, &fields).await?;
                match service_account_impersonation_url {
                    None => Ok(token),
                    Some(url) => exchange::impersonate(client, &token.value, url, &[]).await,
                }
            }
        }
    }
}

impl ExternalSource {
    async fn token(&self, client: &Client) -> Result<Secret> {
        let remedy = "check credential_source in the file of credentials";
        let body = match (&self.file, &self.url) {
            (Some(path), _) => std::fs::read(path).map(Secret::new).map_err(|error| {
                login(
                    format!("the token in {} cannot be read: {error}", path.display()),
                    remedy,
                )
            })?,
            (None, Some(url)) => {
                let mut call = Call::get(url);
                for (name, value) in &self.headers {
                    // The header may be a token of a CI system.
                    if let Ok(name) = name.parse() {
                        call = call.secret_header(name, value.as_bytes());
                    }
                }
                let answer = client.send(&call).await?;
                if !answer.is_success() {
                    let said = format!(
                        "the source of the token answers with status {}",
                        answer.status
                    );
                    return Err(login(said, remedy));
                }
                Secret::copy_from(&answer.body)
            }
            (None, None) => {
                return Err(login(
                    "the source of the token is neither a file nor a URL",
                    "use a file or URL source; those of AWS, executables and certificates are not supported",
                ));
            }
        };
        let text = body
            .danger_expose_str()
            .map_err(|_| login("the token is not text", remedy))?;
        let Some(format) = self.format.as_ref().filter(|format| format.kind == "json") else {
            return Ok(Secret::copy_from(text.trim().as_bytes()));
        };
        let field = format
            .subject_token_field_name
            .as_deref()
            .unwrap_or_default();
        let fields: BTreeMap<String, serde_json::Value> = serde_json::from_str(text)
            .map_err(|_| login("the source of the token gives no JSON object", remedy))?;
        fields
            .get(field)
            .and_then(|token| token.as_str())
            .map(|token| Secret::copy_from(token.as_bytes()))
            .ok_or_else(|| {
                login(
                    format!("the source of the token has no field {field}"),
                    remedy,
                )
            })
    }
}

fn setting(problem: String) -> Error {
    Error::Setting {
        setting: "credentials",
        problem,
        remedy: "give the JSON of a service account's key, of `gcloud auth application-default login` or of workload identity federation, or the path of a file that holds it".to_owned(),
    }
}

fn key_unusable(problem: String) -> Error {
    Error::Login {
        system: SYSTEM,
        said: format!("the service account's key: {problem}"),
        remedy: "create a new key for the service account, and give its file as it is".to_owned(),
    }
}
