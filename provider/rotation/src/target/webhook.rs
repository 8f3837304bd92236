//! Systems that change the credential themselves when they are told to over HTTPS.

use async_trait::async_trait;
use coffer_backend::Webhook;
use coffer_vault::Secret;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Change, Target, TargetError};

/// The fewest bytes of a key of signatures.
const SHORTEST_KEY: usize = 16;

/// The address that is told.
///
/// Each step is a POST of JSON with `step` (`set`, `test`, `revoke`), `name`, `version`, `username` and `password`, signed
/// as [`Webhook`] says. An answer of 2xx means that the step is done; of 4xx that it is refused and nothing was changed.
/// 408, 429, 5xx and broken connections are tried again, so the receiver has to take the same step of the same version
/// twice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookSettings {
    /// The address: `https:`, or `http:` on this machine.
    pub url: String,
    /// The secret with the key of the signatures.
    pub key_secret: String,
}

impl WebhookSettings {
    /// Refuses settings that cannot be meant.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn check(&self) -> Result<(), String> {
        Webhook::parse(&self.url)
            .map(drop)
            .map_err(|error| error.to_string())
    }
}

/// The webhook, ready to sign.
pub struct WebhookTarget(Webhook);

#[derive(Serialize)]
struct Message<'a> {
    step: &'static str,
    name: &'a str,
    version: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<&'a str>,
    password: &'a str,
}

impl WebhookTarget {
    /// The address that `settings` name, with signatures by `key`.
    ///
    /// # Errors
    /// [`TargetError::Unusable`].
    pub fn new(settings: &WebhookSettings, key: Secret) -> Result<Self, TargetError> {
        if key.len() < SHORTEST_KEY {
            return Err(TargetError::Unusable {
                why: format!(
                    "the key of the signatures has {} bytes and needs {SHORTEST_KEY}",
                    key.len()
                ),
                remedy: "store a longer one: `coffer generate bytes --put NAME`".to_owned(),
            });
        }
        let webhook = Webhook::parse(&settings.url).map_err(|error| TargetError::Unusable {
            why: error.to_string(),
            remedy: "correct the url".to_owned(),
        })?;
        Ok(Self(webhook.sign_with(key)))
    }

    async fn tell(&self, step: &'static str, change: &Change<'_>) -> Result<(), TargetError> {
        use coffer_vault::AuditSink as _;
        let credential = change.credential;
        let password = credential.password.danger_expose_str();
        let message = Message {
            step,
            name: change.name.as_str(),
            version: credential.version,
            username: credential.username.as_deref(),
            password: password.map_err(|_| TargetError::Unusable {
                why: "the password is not text".to_owned(),
                remedy: "rotate it with a command".to_owned(),
            })?,
        };
        // Texts and numbers always have a JSON form.
        let body = Zeroizing::new(serde_json::to_vec(&message).unwrap_or_default());
        let webhook = self.0.clone();
        let system = webhook.describe();
        let sent = tokio::task::spawn_blocking(move || {
            webhook.send("rotation", "application/json", &body)
        })
        .await;
        match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(refused)) if refused.is_refusal => Err(TargetError::Refused {
                system,
                why: refused.why,
                remedy: "see the receiver's own log for why".to_owned(),
            }),
            Ok(Err(lost)) => Err(TargetError::NoAnswer {
                system,
                why: lost.why,
            }),
            Err(error) => Err(TargetError::NoAnswer {
                system,
                why: error.to_string(),
            }),
        }
    }
}

#[async_trait]
impl Target for WebhookTarget {
    async fn set(&self, change: &Change<'_>) -> Result<(), TargetError> {
        self.tell("set", change).await
    }

    async fn test(&self, change: &Change<'_>) -> Result<(), TargetError> {
        self.tell("test", change).await
    }

    async fn revoke(&self, change: &Change<'_>) -> Result<(), TargetError> {
        self.tell("revoke", change).await
    }
}
