//! Requests to the server: the token, the namespace, and what answers mean.

use std::sync::Arc;

use coffer_vault::Secret;
use reqwest::Method;
use reqwest::header::HeaderName;
use serde_json::Value;

use super::SYSTEM;
use super::session::{Session, Token};
use super::settings::VaultSettings;
use super::value::Json;
use crate::error::{Error, Result};
use crate::http::{Call, Client, Named, Trust};

const TOKEN: HeaderName = HeaderName::from_static("x-vault-token");
/// The most of a server's text that an error repeats, in characters.
const LONGEST_TEXT: usize = 500;

/// The server, for whoever is logged in.
pub(super) struct Api {
    server: Server,
    session: Arc<Session>,
}

/// The server, for anybody.
#[derive(Clone)]
pub(super) struct Server {
    http: Client,
    address: String,
    namespace: Option<String>,
}

/// A request.
pub(super) struct Request {
    method: Method,
    path: String,
    body: Option<Secret>,
    content_type: &'static str,
    once: bool,
}

/// An answer: its status, and its body as far as it is JSON.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: Json,
}

impl Request {
    pub(super) fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            body: None,
            content_type: "application/json",
            once: false,
        }
    }

    pub(super) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    pub(super) fn post(path: impl Into<String>, body: &Json) -> Self {
        let mut request = Self::new(Method::POST, path);
        request.body = Some(body.to_secret());
        request
    }

    pub(super) fn patch(path: impl Into<String>, body: &Value) -> Self {
        let mut request = Self::new(Method::PATCH, path);
        request.body = Some(Secret::from(body.to_string()));
        request.content_type = "application/merge-patch+json";
        request
    }

    /// LIST, as a GET: not every proxy lets another method pass.
    pub(super) fn list(path: &str) -> Self {
        Self::get(format!("{}?list=true", path.trim_end_matches('/')))
    }

    /// Marks a request whose repetition would do more than the first.
    pub(super) fn once(mut self) -> Self {
        self.once = true;
        self
    }
}

impl Reply {
    /// The member `data` of the answer.
    pub(super) fn data(&self) -> Value {
        self.body.0.get("data").cloned().unwrap_or_default()
    }

    /// The server's own words.
    pub(super) fn said(&self) -> String {
        let errors = self.body.0.get("errors").and_then(Value::as_array);
        let texts: Vec<&str> = errors
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let text = texts.join("; ");
        let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        match text.as_str() {
            "" => format!("status {}", self.status),
            text => text.chars().take(LONGEST_TEXT).collect(),
        }
    }

    /// Whether a compare-and-set did not hold.
    pub(super) fn is_conflict(&self) -> bool {
        self.status == 400 && self.said().contains("check-and-set")
    }

    /// The answer, where it is one of success.
    pub(super) fn success(self) -> Result<Self> {
        if (200..300).contains(&self.status) {
            return Ok(self);
        }
        Err(self.error())
    }

    /// What an answer that is no success means.
    pub(super) fn error(&self) -> Error {
        let (system, said) = (SYSTEM, self.said());
        match self.status {
            400 | 404 | 405 | 413 | 415 => Error::Invalid { system, said },
            403 => Error::Denied { system, said },
            429 => Error::Throttled { system, said },
            500..=599 => Error::Unavailable { system, said },
            status => Error::Unexpected {
                system,
                said: format!("status {status}: {said}"),
            },
        }
    }
}

impl Server {
    pub(super) async fn new(settings: &VaultSettings) -> Result<Self> {
        let settings = settings.clone();
        let patience = settings.patience;
        let namespace = settings.namespace.clone();
        let read = move || {
            let mut trust = certificates(&settings)?;
            let address = settings.address.clone().unwrap_or_default();
            let Some(name) = &settings.tls_server_name else {
                return Ok::<_, Error>((address, trust));
            };
            let (address, named) = under_name(&address, name)?;
            trust.named = Some(named);
            Ok((address, trust))
        };
        let read = tokio::task::spawn_blocking(read).await;
        let (address, trust) = read.map_err(|_| Error::Stopped)??;
        Ok(Self {
            http: Client::with_trust(SYSTEM, patience, &trust)?,
            address: address.trim_end_matches('/').to_owned(),
            namespace,
        })
    }

    /// The same server for requests in another namespace; the root's where none is named.
    pub(super) fn in_namespace(&self, namespace: Option<&str>) -> Self {
        let namespace = namespace.map(|it| it.trim_matches('/'));
        Self {
            namespace: namespace.filter(|it| !it.is_empty()).map(str::to_owned),
            ..self.clone()
        }
    }

    /// Sends a request with `token`, where there is one.
    pub(super) async fn send(&self, request: &Request, token: Option<&Secret>) -> Result<Reply> {
        let url = format!("{}/v1/{}", self.address, request.path);
        let mut call = Call::new(request.method.clone(), url).header("x-vault-request", "true");
        if let Some(namespace) = &self.namespace {
            call = call.header("x-vault-namespace", namespace);
        }
        if let Some(token) = token {
            call = call.secret_header(TOKEN, token.danger_expose());
        }
        if let Some(body) = &request.body {
            call = call.body(request.content_type, body.clone());
        }
        if request.once {
            call = call.once();
        }
        let answer = self.http.send(&call).await?;
        let status = answer.status;
        if request.once && matches!(status, 500 | 502 | 504) {
            let said = format!("the server answered with status {status}");
            return Err(Error::OutcomeUnknown {
                system: SYSTEM,
                said,
            });
        }
        let body = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
        Ok(Reply {
            status,
            body: Json(body),
        })
    }
}

impl Api {
    pub(super) fn new(server: Server, settings: VaultSettings) -> Self {
        let session = Session::new(server.clone(), settings);
        Self { server, session }
    }

    /// Sends a request as whoever is logged in; logs in where nobody is, and again where the token ran out.
    pub(super) async fn send(&self, request: &Request) -> Result<Reply> {
        let token = self.session.token().await?;
        let reply = self.server.send(request, Some(token.secret())).await?;
        let is_invalid =
            reply.status == 403 && (reply.said().contains("invalid token") || token.is_over());
        if !is_invalid || !token.is_ours() {
            return Ok(reply);
        }
        self.session.forget(&token).await;
        let token: Arc<Token> = self.session.token().await?;
        self.server.send(request, Some(token.secret())).await
    }

    /// The answer of success, or none where the path is not there.
    pub(super) async fn find(&self, request: &Request) -> Result<Option<Reply>> {
        let reply = self.send(request).await?;
        if reply.status == 404 {
            return Ok(None);
        }
        reply.success().map(Some)
    }

    /// Whether the token was made for this run and is revoked at its end.
    pub(super) async fn has_own_token(&self) -> Result<bool> {
        Ok(self.session.token().await?.is_ours())
    }

    /// Gives the token back.
    pub(super) async fn close(&self) {
        self.session.close().await;
    }
}

/// The address with `name` in place of its host, and where that host is.
fn under_name(address: &str, name: &str) -> Result<(String, Named)> {
    let wrong = |problem: String| Error::Setting {
        setting: "vault.tls_server_name",
        problem,
        remedy: "give the name that the server's certificate is for, without a scheme or a port"
            .to_owned(),
    };
    let mut url = reqwest::Url::parse(address).map_err(|error| wrong(error.to_string()))?;
    let unavailable = |error: std::io::Error| Error::Unavailable {
        system: SYSTEM,
        said: format!("{address}: {error}"),
    };
    let addresses = url.socket_addrs(|| None).map_err(unavailable)?;
    let is_name = url.set_host(Some(name)).is_ok() && url.domain() == Some(name);
    if !is_name {
        return Err(wrong("is no name of a host".to_owned()));
    }
    let named = Named {
        name: name.to_owned(),
        addresses,
    };
    Ok((url.into(), named))
}

fn certificates(settings: &VaultSettings) -> Result<Trust> {
    let read = |setting, path: &std::path::Path| {
        std::fs::read(path).map_err(|error| Error::Setting {
            setting,
            problem: format!("names {}, which cannot be read: {error}", path.display()),
            remedy: "correct the path".to_owned(),
        })
    };
    let mut trust = Trust::default();
    if let Some(file) = &settings.ca_file {
        trust.authorities.extend(read("vault.ca_cert_file", file)?);
    }
    if let Some(folder) = &settings.ca_folder {
        let cannot = |error: std::io::Error| Error::Setting {
            setting: "vault.ca_cert_dir",
            problem: format!("names {}, which cannot be read: {error}", folder.display()),
            remedy: "correct the path".to_owned(),
        };
        for entry in std::fs::read_dir(folder).map_err(cannot)? {
            let path = entry.map_err(cannot)?.path();
            if path.is_file() {
                trust.authorities.push(b'\n');
                trust.authorities.extend(read("vault.ca_cert_dir", &path)?);
            }
        }
    }
    if let (Some(certificate), Some(key)) = (&settings.client_certificate, &settings.client_key) {
        let mut identity = zeroize::Zeroizing::new(read("vault.client_cert_file", certificate)?);
        identity.push(b'\n');
        identity.extend_from_slice(&zeroize::Zeroizing::new(read(
            "vault.client_key_file",
            key,
        )?));
        trust.identity = Some(Secret::from(identity));
    }
    trust.trusts_everybody = settings.skip_verify == Some(true);
    Ok(trust)
}
