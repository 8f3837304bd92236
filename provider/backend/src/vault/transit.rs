//! Keys of a transit engine, which encrypt and decrypt without ever leaving the server.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use coffer_vault::{Error as VaultError, KeyWrap, Secret};
use serde_json::{Value, json};

use super::api::Request;
use super::document::nonsense;
use super::path::escape;
use super::value::Json;
use super::{VaultSettings, VaultStore};
use crate::error::Result;

/// A key of a transit engine.
#[derive(Clone)]
pub struct TransitKey {
    /// Where the engine is mounted, `transit` as a rule.
    pub mount: String,
    /// The key's name.
    pub name: String,
}

/// Where the engine is mounted unless something else is said.
const DEFAULT_MOUNT: &str = "transit";

impl TransitKey {
    /// The key that `text` means: `KEY`, or `MOUNT/KEY` where the engine is not mounted at `transit`.
    ///
    /// # Errors
    /// [`VaultError::Invalid`] where a part of it is empty.
    pub fn parse(text: &str) -> Result<Self, VaultError> {
        let (mount, name) = text.rsplit_once('/').unwrap_or((DEFAULT_MOUNT, text));
        let is_part = |part: &str| !matches!(part, "" | "." | "..");
        if !mount.split('/').all(is_part) || !is_part(name) {
            return Err(VaultError::Invalid {
                what: "the transit key",
                problem: "is written KEY, or MOUNT/KEY where the engine is not mounted at transit"
                    .to_owned(),
            });
        }
        Ok(Self {
            mount: mount.to_owned(),
            name: name.to_owned(),
        })
    }
}

impl VaultStore {
    /// Encrypts `plaintext`; `context` (associated data) has to be the same when it is decrypted.
    ///
    /// # Errors
    /// Where the key is not there or not allowed, or the server does not answer.
    pub async fn encrypt(
        &self,
        key: &TransitKey,
        plaintext: &Secret,
        context: Option<&[u8]>,
    ) -> Result<String> {
        let mut body = Json(json!({ "plaintext": BASE64.encode(plaintext.danger_expose()) }));
        bind(&mut body, context);
        let found = self.transit("encrypt", key, &body, "ciphertext").await?;
        Ok(found.danger_expose_str().unwrap_or_default().to_owned())
    }

    /// Decrypts what [`VaultStore::encrypt`] gave.
    ///
    /// # Errors
    /// As there; also where the ciphertext is another key's or its context another one.
    pub async fn decrypt(
        &self,
        key: &TransitKey,
        ciphertext: &str,
        context: Option<&[u8]>,
    ) -> Result<Secret> {
        let mut body = Json(json!({ "ciphertext": ciphertext }));
        bind(&mut body, context);
        let found = self.transit("decrypt", key, &body, "plaintext").await?;
        let decoded = BASE64.decode(found.danger_expose());
        decoded
            .map(Secret::new)
            .map_err(|_| nonsense("the plaintext"))
    }

    async fn transit(
        &self,
        verb: &str,
        key: &TransitKey,
        body: &Json,
        result: &'static str,
    ) -> Result<Secret> {
        let mount = escape(key.mount.trim_matches('/'));
        let request = Request::post(format!("{mount}/{verb}/{}", escape(&key.name)), body);
        let reply = self.api().await?.send(&request).await?.success()?;
        let found = reply.body.0.get("data").and_then(|data| data.get(result));
        let text = found
            .and_then(Value::as_str)
            .ok_or_else(|| nonsense(result))?;
        Ok(Secret::copy_from(text.as_bytes()))
    }
}

fn bind(body: &mut Json, context: Option<&[u8]>) {
    if let (Some(context), Some(members)) = (context, body.0.as_object_mut()) {
        members.insert("associated_data".to_owned(), BASE64.encode(context).into());
    }
}

/// Wraps the key of a slot of the embedded vault with a transit key.
pub struct TransitWrap {
    settings: VaultSettings,
    key: TransitKey,
}

impl TransitWrap {
    /// The transit key `key` of the server that the environment describes. Connects to nothing.
    pub fn from_environment(key: TransitKey) -> Self {
        let settings = VaultSettings {
            // One request is not worth a token of its own, which not every token may make.
            skip_child_token: true,
            ..VaultSettings::default()
        };
        Self::new(settings, key)
    }

    /// The transit key `key` of the server that `settings` describe. Connects to nothing.
    pub fn new(settings: VaultSettings, key: TransitKey) -> Self {
        Self { settings, key }
    }

    /// Runs `work` to its end, wherever the caller runs: on a thread of its own, since waiting is not allowed on every
    /// one.
    fn wait<T: Send>(
        &self,
        work: impl AsyncFnOnce(&VaultStore) -> Result<T> + Send,
    ) -> std::result::Result<T, String> {
        let run = move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(|error| error.to_string())?;
            runtime.block_on(async {
                let store = VaultStore::new(self.settings.clone());
                let done = work(&store).await;
                crate::SecretStore::close(&store).await;
                done.map_err(|error| match error.remedy() {
                    Some(remedy) => format!("{error}; {remedy}"),
                    None => error.to_string(),
                })
            })
        };
        std::thread::scope(|scope| {
            scope
                .spawn(run)
                .join()
                .unwrap_or_else(|_| Err("the request ended unexpectedly".to_owned()))
        })
    }
}

impl KeyWrap for TransitWrap {
    fn kind(&self) -> &str {
        "transit"
    }

    fn describe(&self) -> String {
        let address = self.settings.address.clone();
        let address = address.or_else(|| super::settings::variable("ADDR"));
        format!(
            "the transit key {} at {}",
            self.key.name,
            address.as_deref().unwrap_or("a server without an address")
        )
    }

    fn wrap(&self, key: &Secret) -> std::result::Result<String, String> {
        self.wait(async |store: &VaultStore| store.encrypt(&self.key, key, None).await)
    }

    fn unwrap_key(&self, wrapped: &str) -> std::result::Result<Secret, String> {
        self.wait(async |store: &VaultStore| store.decrypt(&self.key, wrapped, None).await)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_named_with_or_without_its_mount() {
        let parsed = |text| TransitKey::parse(text).map(|key| (key.mount, key.name));
        let is = |mount: &str, name: &str| (mount.to_owned(), name.to_owned());
        assert_eq!(parsed("coffer").unwrap(), is("transit", "coffer"));
        assert_eq!(parsed("eng/keys/coffer").unwrap(), is("eng/keys", "coffer"));
        for text in ["", "/coffer", "transit/", "eng//coffer", "../coffer"] {
            assert!(parsed(text).is_err(), "{text}");
        }
    }
}
