//! The token that requests are made with: fetched at the first request, renewed while it is needed, revoked at the end.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use coffer_vault::Secret;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

use super::SYSTEM;
use super::api::{Reply, Request, Server};
use super::settings::{VaultCredential, VaultLogin, VaultSettings};
use super::value::Json;
use crate::error::{Error, Result};

/// How long taking the token back may take: the process ends soon.
const REVOCATION: Duration = Duration::from_millis(1200);
/// The least wait before a renewal.
const LEAST_WAIT: Duration = Duration::from_secs(1);

/// A token.
pub(super) struct Token {
    secret: Secret,
    /// The server as the token's own namespace sees it: there it is renewed and revoked.
    home: Server,
    /// Whether it was made for this run, which then also ends it.
    is_ours: bool,
    is_renewable: bool,
    /// When it was made, and for how long.
    life: Option<(Instant, Duration)>,
}

/// Who is logged in.
pub(super) struct Session {
    server: Server,
    settings: VaultSettings,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    token: Option<Arc<Token>>,
    renewal: Option<JoinHandle<()>>,
}

impl Token {
    pub(super) fn secret(&self) -> &Secret {
        &self.secret
    }

    pub(super) fn is_ours(&self) -> bool {
        self.is_ours
    }

    /// Whether its time is over.
    pub(super) fn is_over(&self) -> bool {
        self.life
            .is_some_and(|(since, length)| since.elapsed() >= length)
    }

    /// The token of a login's answer.
    fn of(reply: &Reply, home: &Server) -> Result<Self> {
        let auth = reply.body.0.get("auth").unwrap_or(&Value::Null);
        let secret = auth.get("client_token").and_then(Value::as_str);
        let secret = secret
            .filter(|it| !it.is_empty())
            .ok_or_else(|| Error::Unexpected {
                system: SYSTEM,
                said: "a login without a token".to_owned(),
            })?;
        let seconds = auth.get("lease_duration").and_then(Value::as_u64);
        let length = seconds.filter(|it| *it > 0).map(Duration::from_secs);
        Ok(Self {
            secret: Secret::copy_from(secret.as_bytes()),
            home: home.clone(),
            is_ours: true,
            is_renewable: auth.get("renewable").and_then(Value::as_bool) == Some(true),
            life: length.map(|length| (Instant::now(), length)),
        })
    }
}

impl Session {
    pub(super) fn new(server: Server, settings: VaultSettings) -> Arc<Self> {
        Arc::new(Self {
            server,
            settings,
            state: Mutex::new(State::default()),
        })
    }

    /// The token; logs in where there is none.
    pub(super) async fn token(self: &Arc<Self>) -> Result<Arc<Token>> {
        let mut state = self.state.lock().await;
        if let Some(token) = &state.token {
            return Ok(Arc::clone(token));
        }
        let token = Arc::new(self.log_in().await?);
        state.token = Some(Arc::clone(&token));
        if let (true, true, Some((_, length))) = (token.is_ours, token.is_renewable, token.life) {
            let session = Arc::downgrade(self);
            state.renewal = Some(tokio::spawn(keep_alive(session, length)));
        }
        Ok(token)
    }

    /// Forgets a token that the server no longer takes.
    pub(super) async fn forget(&self, token: &Arc<Token>) {
        let mut state = self.state.lock().await;
        if state
            .token
            .as_ref()
            .is_some_and(|current| Arc::ptr_eq(current, token))
        {
            state.end_renewal();
            state.token = None;
        }
    }

    /// Revokes the token, and with it the leases that were taken with it.
    pub(super) async fn close(&self) {
        let mut state = self.state.lock().await;
        state.end_renewal();
        let Some(token) = state.token.take().filter(|token| token.is_ours) else {
            return;
        };
        let request = Request::post("auth/token/revoke-self", &Json(json!({})));
        // What cannot be revoked in time ends by itself.
        let revocation = token.home.send(&request, Some(&token.secret));
        let _ = tokio::time::timeout(REVOCATION, revocation).await;
    }

    async fn log_in(&self) -> Result<Token> {
        let (path, body) = match self.settings.login()? {
            VaultLogin::Token(token) => return self.child(token.read("the token").await?).await,
            VaultLogin::AppRole {
                mount,
                role_id,
                secret_id,
                is_wrapped,
            } => {
                let mut body = json!({ "role_id": role_id });
                if let Some(credential) = secret_id {
                    let mut secret_id = credential.read("the secret id").await?;
                    if is_wrapped {
                        secret_id = self.unwrap(&secret_id).await?;
                    }
                    insert(&mut body, "secret_id", &secret_id)?;
                }
                (
                    format!("auth/{}/login", mount.as_deref().unwrap_or("approle")),
                    body,
                )
            }
            VaultLogin::Jwt { mount, role, token } => {
                let mut body = json!({});
                if let Some(role) = role {
                    body = json!({ "role": role });
                }
                insert(&mut body, "jwt", &token.read("the JWT").await?)?;
                (
                    format!("auth/{}/login", mount.as_deref().unwrap_or("jwt")),
                    body,
                )
            }
            VaultLogin::Kubernetes { mount, role, token } => {
                let token = token.unwrap_or_else(VaultLogin::service_account);
                let mut body = json!({ "role": role });
                insert(
                    &mut body,
                    "jwt",
                    &token.read("the service account's token").await?,
                )?;
                (
                    format!("auth/{}/login", mount.as_deref().unwrap_or("kubernetes")),
                    body,
                )
            }
            VaultLogin::Userpass {
                mount,
                username,
                password,
            } => {
                let mut body = json!({});
                insert(&mut body, "password", &password.read("the password").await?)?;
                let mount = mount.as_deref().unwrap_or("userpass");
                (
                    format!("auth/{mount}/login/{}", super::path::escape(&username)),
                    body,
                )
            }
            VaultLogin::Certificate { mount, name } => {
                let body = name.map_or_else(|| json!({}), |name| json!({ "name": name }));
                (
                    format!("auth/{}/login", mount.as_deref().unwrap_or("cert")),
                    body,
                )
            }
        };
        let request = Request::post(path, &Json(body)).once();
        let reply = self.server.send(&request, None).await?;
        match reply.status {
            // A wrong credential is one or the other, depending on the method.
            400 | 401 | 403 | 404 => Err(refused(&reply)),
            _ => Token::of(&reply.success()?, &self.server),
        }
    }

    /// A child of a given token, which ends with the run. Where the token may have none, it is used itself.
    async fn child(&self, secret: Secret) -> Result<Token> {
        let home = self.home(&secret).await?;
        let given = |secret| Token {
            secret,
            home: home.clone(),
            is_ours: false,
            is_renewable: false,
            life: None,
        };
        if self.settings.skip_child_token {
            return Ok(given(secret));
        }
        let ttl = format!("{}s", self.settings.ttl.as_secs());
        let body = json!({ "ttl": ttl, "display_name": "coffer", "renewable": true });
        let request = Request::post("auth/token/create", &Json(body)).once();
        let reply = home.send(&request, Some(&secret)).await?;
        if reply.status != 403 && reply.status != 400 {
            return Token::of(&reply.success()?, &home);
        }
        let lookup = Request::get("auth/token/lookup-self");
        match home.send(&lookup, Some(&secret)).await?.status {
            403 => Err(refused(&reply)),
            _ => Ok(given(secret)),
        }
    }

    /// The server as the namespace of a given token sees it. A child is made there: in another namespace the names of its
    /// policies would be those of other policies, or of none.
    async fn home(&self, secret: &Secret) -> Result<Server> {
        let lookup = Request::get("auth/token/lookup-self");
        let mut namespace = self.settings.namespace.as_deref();
        while let Some(place) = namespace {
            let server = self.server.in_namespace(Some(place));
            let reply = server.send(&lookup, Some(secret)).await?;
            let home = reply.body.0.pointer("/data/namespace_path");
            if let Some(home) = home.and_then(Value::as_str) {
                return Ok(self.server.in_namespace(Some(home)));
            }
            // A token that may not look here is perhaps one of the namespace around it.
            let above = place.trim_end_matches('/').rsplit_once('/');
            namespace = above.map(|(above, _)| above);
        }
        let server = self.server.in_namespace(None);
        let reply = match self.settings.namespace {
            Some(_) => server.send(&lookup, Some(secret)).await?.status,
            None => 200,
        };
        Ok(match reply {
            200 => server,
            // Whoever may look nowhere is asked where the work is.
            _ => self.server.clone(),
        })
    }

    /// The secret id behind a wrapping token, which can be used once.
    async fn unwrap(&self, wrapping: &Secret) -> Result<Secret> {
        let request = Request::post("sys/wrapping/unwrap", &Json(json!({}))).once();
        let reply = self.server.send(&request, Some(wrapping)).await?;
        if !(200..300).contains(&reply.status) {
            return Err(Error::Login {
                system: SYSTEM,
                said: format!("the wrapped secret id cannot be unwrapped: {}", reply.said()),
                remedy: "it can be unwrapped once and within its time: if nobody of yours has used it, someone else has; get a new one".to_owned(),
            });
        }
        let found = reply
            .body
            .0
            .pointer("/data/secret_id")
            .and_then(Value::as_str);
        found
            .map(|text| Secret::copy_from(text.as_bytes()))
            .ok_or_else(|| Error::Unexpected {
                system: SYSTEM,
                said: "what was wrapped is no secret id".to_owned(),
            })
    }

    /// Renews the token, and says for how long; none where a new login is needed.
    async fn renew(&self) -> Option<Duration> {
        let current = self.state.lock().await.token.clone()?;
        let seconds = self.settings.ttl.as_secs();
        let body = json!({ "increment": format!("{seconds}s") });
        let request = Request::post("auth/token/renew-self", &Json(body));
        let home = &current.home;
        let reply = home.send(&request, Some(&current.secret)).await.ok()?;
        let renewed = Token::of(&reply.success().ok()?, home).ok()?;
        let (_, length) = renewed.life?;
        let mut state = self.state.lock().await;
        let is_same = state
            .token
            .as_ref()
            .is_some_and(|it| Arc::ptr_eq(it, &current));
        // A token whose greatest age is near is renewed for less and less.
        if !is_same || length < LEAST_WAIT.saturating_mul(3) {
            return None;
        }
        state.token = Some(Arc::new(renewed));
        Some(length)
    }
}

impl State {
    fn end_renewal(&mut self) {
        if let Some(renewal) = self.renewal.take() {
            renewal.abort();
        }
    }
}

/// Renews the token whenever less than a third of its life is left, for as long as the session is used.
async fn keep_alive(session: Weak<Session>, mut length: Duration) {
    loop {
        let wait = length.saturating_mul(2).checked_div(3).unwrap_or(length);
        tokio::time::sleep(wait.max(LEAST_WAIT)).await;
        let Some(session) = session.upgrade() else {
            return;
        };
        match session.renew().await {
            Some(renewed) => length = renewed,
            // The next request finds out and logs in again.
            None => return,
        }
    }
}

fn insert(body: &mut Value, name: &str, secret: &Secret) -> Result<()> {
    let text = secret.danger_expose_str().map_err(|_| Error::Login {
        system: SYSTEM,
        said: format!("the {name} is no text"),
        remedy: "check the file or variable that it comes from".to_owned(),
    })?;
    if let Some(members) = body.as_object_mut() {
        members.insert(name.to_owned(), Value::String(text.to_owned()));
    }
    Ok(())
}

fn refused(reply: &Reply) -> Error {
    Error::Login {
        system: SYSTEM,
        said: reply.said(),
        remedy: "check the address, the namespace, the method's mount and role, and whether the credential is still valid".to_owned(),
    }
}

/// A given credential, for tests and for callers that have one.
impl From<Secret> for VaultCredential {
    fn from(secret: Secret) -> Self {
        Self::Given(secret)
    }
}
