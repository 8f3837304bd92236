//! HashiCorp Vault and OpenBao: the KV engine, version 2 or 1, as a store; leases of other engines; transit keys.

mod amending;
mod api;
mod changing;
mod document;
mod kv1;
mod kv2;
mod lease;
mod listing;
mod path;
mod putting;
mod reading;
mod session;
mod settings;
mod store;
mod texts;
mod transit;
mod value;
mod versioned;

use serde_json::Value;
use tokio::sync::OnceCell;

use self::api::{Api, Request, Server};
use self::path::escape;
pub use lease::{VaultLease, VaultLeaseRequest};
pub use settings::{VaultCredential, VaultLogin, VaultSettings};
pub use transit::{TransitKey, TransitWrap};

use crate::error::{Error, Result};

/// The system's name in errors.
const SYSTEM: &str = "Vault";

/// A HashiCorp Vault or OpenBao server. Connects at the first use.
pub struct VaultStore {
    settings: Result<VaultSettings, &'static str>,
    server: OnceCell<Api>,
    engine: OnceCell<Engine>,
}

/// The KV engine that secrets are in.
struct Engine {
    mount: String,
    version: KvVersion,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum KvVersion {
    One,
    Two,
}

impl VaultStore {
    /// The server that `settings` describe. Connects to nothing.
    pub fn new(settings: VaultSettings) -> Self {
        Self {
            settings: Ok(settings),
            server: OnceCell::new(),
            engine: OnceCell::new(),
        }
    }

    /// A server of which `setting`, as it is called in the provider block, is not known yet: every use of it fails.
    pub fn not_ready(setting: &'static str) -> Self {
        Self {
            settings: Err(setting),
            server: OnceCell::new(),
            engine: OnceCell::new(),
        }
    }

    fn settings(&self) -> Result<&VaultSettings> {
        self.settings
            .as_ref()
            .map_err(|setting| Error::NotReady { setting })
    }

    async fn api(&self) -> Result<&Api> {
        self.server
            .get_or_try_init(|| async {
                let settings = self.settings()?.clone().completed()?;
                let server = Server::new(&settings).await?;
                Ok(Api::new(server, settings))
            })
            .await
    }

    async fn engine(&self) -> Result<&Engine> {
        self.engine.get_or_try_init(|| self.find_engine()).await
    }

    /// Asks which engine is mounted. Where that is not allowed, it is taken for the usual one.
    async fn find_engine(&self) -> Result<Engine> {
        let settings = self.settings()?;
        let mount = settings.mount.trim_matches('/').to_owned();
        let version = match settings.kv_version {
            Some(1) => Some(KvVersion::One),
            Some(2) => Some(KvVersion::Two),
            Some(_) => {
                return Err(Error::Setting {
                    setting: "vault.kv_version",
                    problem: "is neither 1 nor 2".to_owned(),
                    remedy: "leave it out to have it found out".to_owned(),
                });
            }
            None => None,
        };
        if let Some(version) = version {
            return Ok(Engine { mount, version });
        }
        let request = Request::get(format!("sys/internal/ui/mounts/{}", escape(&mount)));
        let reply = self.api().await?.send(&request).await?;
        if matches!(reply.status, 403 | 404) {
            let version = KvVersion::Two;
            return Ok(Engine { mount, version });
        }
        let data = reply.success()?.data();
        let kind = data.get("type").and_then(Value::as_str).unwrap_or_default();
        if !matches!(kind, "kv" | "generic") {
            return Err(Error::Setting {
                setting: "vault.mount",
                problem: format!("names a mount of the engine \"{kind}\""),
                remedy: "name the mount of a KV engine".to_owned(),
            });
        }
        let version = match data.pointer("/options/version").and_then(Value::as_str) {
            Some("2") => KvVersion::Two,
            _ => KvVersion::One,
        };
        Ok(Engine { mount, version })
    }
}
