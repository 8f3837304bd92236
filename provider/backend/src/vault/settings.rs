//! Where a server is and how to log in to it.

use std::path::PathBuf;

use coffer_vault::{Secret, SignedDuration};

use super::SYSTEM;
use crate::error::{Error, Result};
use crate::http::Patience;

/// The mount of the KV engine unless one is named.
const DEFAULT_MOUNT: &str = "secret";
/// How long the token of a run lives unless it is renewed.
const DEFAULT_TTL: SignedDuration = SignedDuration::from_mins(20);
/// Where Kubernetes puts the token of a service account.
const SERVICE_ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/// Where a HashiCorp Vault or OpenBao server is, and who asks. What is not set comes from the environment: each variable
/// is looked for with `BAO_` first and then with `VAULT_` in front.
#[derive(Clone)]
pub struct VaultSettings {
    /// The server's URL, such as `https://bao.example:8200`. `ADDR`.
    pub address: Option<String>,
    /// The namespace. `NAMESPACE`.
    pub namespace: Option<String>,
    /// The mount of the KV engine.
    pub mount: String,
    /// The KV engine's version, 1 or 2; found out unless set.
    pub kv_version: Option<u8>,
    /// A file of authorities (PEM) that are trusted besides those of the machine. `CACERT`.
    pub ca_file: Option<PathBuf>,
    /// A folder of such files. `CAPATH`.
    pub ca_folder: Option<PathBuf>,
    /// The client's certificate (PEM). `CLIENT_CERT`.
    pub client_certificate: Option<PathBuf>,
    /// Its key (PEM). `CLIENT_KEY`.
    pub client_key: Option<PathBuf>,
    /// Whether the server's certificate is taken as it is. `SKIP_VERIFY`.
    pub skip_verify: Option<bool>,
    /// The name that the server's certificate must be for, where it is not that of the address. `TLS_SERVER_NAME`.
    pub tls_server_name: Option<String>,
    /// How to log in. A token of the environment (`TOKEN`), or of the file that `vault login` and `bao login` leave,
    /// unless set.
    pub login: Option<VaultLogin>,
    /// How long the token of the run lives unless it is renewed.
    pub ttl: SignedDuration,
    /// Whether a given token is used itself, instead of a child of it that ends with the run.
    pub skip_child_token: bool,
    /// How patient to be.
    pub patience: Patience,
}

/// A text that is given, or that is read when it is needed.
#[derive(Clone)]
pub enum VaultCredential {
    /// This one.
    Given(Secret),
    /// The content of this file, without the line break at the end.
    File(PathBuf),
    /// The content of this environment variable.
    Variable(String),
}

/// A way to log in. `mount` is where the method is mounted.
#[derive(Clone)]
#[non_exhaustive]
pub enum VaultLogin {
    /// A token.
    Token(VaultCredential),
    /// AppRole.
    AppRole {
        /// The mount: `approle` where none is named.
        mount: Option<String>,
        /// The role's id.
        role_id: String,
        /// The secret id, where the role asks for one.
        secret_id: Option<VaultCredential>,
        /// Whether the secret id is a wrapping token, of which the secret id is unwrapped once.
        is_wrapped: bool,
    },
    /// JWT or OIDC: a token of a CI system or another identity provider.
    Jwt {
        /// The mount: `jwt` where none is named.
        mount: Option<String>,
        /// The role, or the method's default role.
        role: Option<String>,
        /// The token.
        token: VaultCredential,
    },
    /// A Kubernetes service account.
    Kubernetes {
        /// The mount: `kubernetes` where none is named.
        mount: Option<String>,
        /// The role.
        role: String,
        /// The token; the pod's own where none is given.
        token: Option<VaultCredential>,
    },
    /// A user's name and password.
    Userpass {
        /// The mount: `userpass` where none is named.
        mount: Option<String>,
        /// The name.
        username: String,
        /// The password.
        password: VaultCredential,
    },
    /// The client's certificate.
    Certificate {
        /// The mount: `cert` where none is named.
        mount: Option<String>,
        /// The role; any that fits the certificate where none is named.
        name: Option<String>,
    },
}

impl Default for VaultSettings {
    fn default() -> Self {
        Self {
            address: None,
            namespace: None,
            mount: DEFAULT_MOUNT.to_owned(),
            kv_version: None,
            ca_file: None,
            ca_folder: None,
            client_certificate: None,
            client_key: None,
            skip_verify: None,
            tls_server_name: None,
            login: None,
            ttl: DEFAULT_TTL,
            skip_child_token: false,
            patience: Patience::default(),
        }
    }
}

/// The variable `name` with `BAO_` or `VAULT_` in front; an empty one counts as not set.
pub(super) fn variable(name: &str) -> Option<String> {
    ["BAO_", "VAULT_"]
        .into_iter()
        .filter_map(|prefix| std::env::var(format!("{prefix}{name}")).ok())
        .find(|text| !text.is_empty())
}

impl VaultSettings {
    /// What is not set, as the environment has it.
    ///
    /// # Errors
    /// Where there is no address, or it is none.
    pub(super) fn completed(mut self) -> Result<Self> {
        let path = |given: Option<PathBuf>, name| given.or_else(|| variable(name).map(Into::into));
        self.address = self.address.or_else(|| variable("ADDR"));
        self.namespace = self.namespace.or_else(|| variable("NAMESPACE"));
        self.ca_file = path(self.ca_file, "CACERT");
        self.ca_folder = path(self.ca_folder, "CAPATH");
        self.client_certificate = path(self.client_certificate, "CLIENT_CERT");
        self.client_key = path(self.client_key, "CLIENT_KEY");
        let skip = || {
            variable("SKIP_VERIFY")
                .map(|it| matches!(it.as_str(), "1" | "t" | "T" | "true" | "TRUE" | "True"))
        };
        self.skip_verify = self.skip_verify.or_else(skip);
        self.tls_server_name = self.tls_server_name.or_else(|| variable("TLS_SERVER_NAME"));
        let Some(address) = &self.address else {
            return Err(Error::Setting {
                setting: "vault.address",
                problem: "is not set".to_owned(),
                remedy: "set it, or VAULT_ADDR or BAO_ADDR, to the server's URL".to_owned(),
            });
        };
        let is_url = reqwest::Url::parse(address)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if !is_url {
            return Err(Error::Setting {
                setting: "vault.address",
                problem: "is no URL of a server".to_owned(),
                remedy: "write it as https://HOST:PORT".to_owned(),
            });
        }
        Ok(self)
    }

    /// The way to log in that is set, or the one of the environment.
    ///
    /// # Errors
    /// Where there is none.
    pub(super) fn login(&self) -> Result<VaultLogin> {
        if let Some(login) = &self.login {
            return Ok(login.clone());
        }
        if let Some(token) = variable("TOKEN") {
            return Ok(VaultLogin::Token(VaultCredential::Given(token.into())));
        }
        let home = std::env::var_os("HOME").map(PathBuf::from);
        let file = home
            .iter()
            .flat_map(|home| [".bao-token", ".vault-token"].map(|name| home.join(name)))
            .find(|path| path.is_file());
        match file {
            Some(file) => Ok(VaultLogin::Token(VaultCredential::File(file))),
            None => Err(Error::Login {
                system: SYSTEM,
                said: "there is neither a token nor another way to log in".to_owned(),
                remedy: "set VAULT_TOKEN or BAO_TOKEN, run `vault login` or `bao login`, or name a way to log in in the provider block".to_owned(),
            }),
        }
    }
}

impl VaultCredential {
    /// The text.
    pub(super) async fn read(&self, what: &str) -> Result<Secret> {
        let failed = |why: String| Error::Login {
            system: SYSTEM,
            said: format!("{what} {why}"),
            remedy: "correct the login in the provider block, or the environment it names"
                .to_owned(),
        };
        let found = match self {
            Self::Given(secret) => secret.clone(),
            Self::File(path) => {
                let place = path.clone();
                let read = tokio::task::spawn_blocking(move || std::fs::read(place)).await;
                let bytes = read.map_err(|_| Error::Stopped)?.map_err(|error| {
                    failed(format!("cannot be read from {}: {error}", path.display()))
                })?;
                let bytes = Secret::new(bytes);
                Secret::copy_from(bytes.danger_expose().trim_ascii())
            }
            Self::Variable(name) => std::env::var(name)
                .map(Secret::from)
                .map_err(|_| failed(format!("is expected in {name}, which is not set")))?,
        };
        if found.is_empty() {
            return Err(failed("is empty".to_owned()));
        }
        Ok(found)
    }
}

impl VaultLogin {
    /// The service account's token where Kubernetes puts it.
    pub(super) fn service_account() -> VaultCredential {
        VaultCredential::File(SERVICE_ACCOUNT.into())
    }
}
