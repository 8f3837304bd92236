//! `provider "coffer" { vault {} }`

use std::sync::Arc;

use coffer_backend::{SecretStore, VaultCredential, VaultLogin, VaultSettings, VaultStore};
use coffer_plugin::{Diagnostic, Model, Value, validators};

use super::{StoreBlock, Surroundings};
use crate::period::Period;
use crate::secret_text::SecretText;

/// A KV engine, version 2 or 1, of HashiCorp Vault or OpenBao. What is not set comes from the environment, where each
/// variable is looked for with `BAO_` first and then with `VAULT_` in front. Without a way to log in, the token in
/// `BAO_TOKEN` or `VAULT_TOKEN`, or that which `bao login` or `vault login` left in the home folder, is used.
///
/// The work is done with a token of its own, which is renewed while Terraform runs and revoked when it is done, and with
/// it all leases.
#[derive(Clone, Model)]
#[model(conflicts("token", "token_file"))]
pub(crate) struct Vault {
    /// What tells several blocks of this kind apart: objects name this store `vault:` with the alias.
    #[attr(optional, validate = super::alias_name)]
    alias_name: Value<String>,
    /// The server's URL, such as `https://bao.example:8200`. Also `BAO_ADDR` or `VAULT_ADDR`.
    #[attr(optional, validate = validators::not_empty())]
    address: Value<String>,
    /// The namespace. Also `BAO_NAMESPACE` or `VAULT_NAMESPACE`.
    #[attr(optional)]
    namespace: Value<String>,
    /// Where the KV engine is mounted. `secret` unless set.
    #[attr(optional, validate = validators::not_empty())]
    mount: Value<String>,
    /// The KV engine's version, `1` or `2`. Found out unless set, which needs no right of its own where the token may
    /// read below the mount.
    #[attr(optional, validate = validators::one_of(&["1", "2"]))]
    kv_version: Value<String>,
    /// A file of authorities (PEM) that are trusted besides those of the machine. Also `BAO_CACERT` or `VAULT_CACERT`.
    #[attr(optional, validate = validators::not_empty())]
    ca_cert_file: Value<String>,
    /// A folder of such files. Also `BAO_CAPATH` or `VAULT_CAPATH`.
    #[attr(optional, validate = validators::not_empty())]
    ca_cert_dir: Value<String>,
    /// The client's certificate (PEM). Also `BAO_CLIENT_CERT` or `VAULT_CLIENT_CERT`.
    #[attr(optional, validate = validators::not_empty())]
    client_cert_file: Value<String>,
    /// The key of the client's certificate (PEM). Also `BAO_CLIENT_KEY` or `VAULT_CLIENT_KEY`.
    #[attr(optional, validate = validators::not_empty())]
    client_key_file: Value<String>,
    /// Whether the server's certificate is taken as it is. Whoever stands between can then read every secret. Also
    /// `BAO_SKIP_VERIFY` or `VAULT_SKIP_VERIFY`.
    #[attr(optional)]
    skip_tls_verify: Value<bool>,
    /// The name that the server's certificate must be for, where that is not the one in `address`. Also
    /// `BAO_TLS_SERVER_NAME` or `VAULT_TLS_SERVER_NAME`.
    #[attr(optional, validate = validators::not_empty())]
    tls_server_name: Value<String>,
    /// A token. May be an ephemeral value. Also `BAO_TOKEN` or `VAULT_TOKEN`.
    #[attr(optional, sensitive)]
    token: Value<SecretText>,
    /// A file that holds a token.
    #[attr(optional, validate = validators::not_empty())]
    token_file: Value<String>,
    /// For how long the token of the work is valid unless it is renewed, such as `20m`, which it is unless set.
    #[attr(optional)]
    token_ttl: Value<Period>,
    /// Whether a given token is used itself, instead of a child of it that ends with the run. A token that may make none is
    /// used itself anyway.
    #[attr(optional)]
    skip_child_token: Value<bool>,
    /// Logs in with AppRole.
    #[block]
    auth_login_approle: Option<AppRole>,
    /// Logs in with a JWT, such as that of a CI system.
    #[block]
    auth_login_jwt: Option<Jwt>,
    /// Logs in as a Kubernetes service account.
    #[block]
    auth_login_kubernetes: Option<Kubernetes>,
    /// Logs in with a user's name and password.
    #[block]
    auth_login_userpass: Option<Userpass>,
    /// Logs in with the client's certificate.
    #[block]
    auth_login_cert: Option<Certificate>,
}

/// Logs in with AppRole.
#[derive(Clone, Model)]
pub(crate) struct AppRole {
    /// Where the method is mounted. `approle` unless set.
    #[attr(optional, validate = validators::not_empty())]
    mount: Value<String>,
    /// The role's id.
    #[attr(required, validate = validators::not_empty())]
    role_id: Value<String>,
    /// The secret id, where the role asks for one. May be an ephemeral value.
    #[attr(optional, sensitive)]
    secret_id: Value<SecretText>,
    /// Whether `secret_id` is a wrapping token, of which the secret id is unwrapped. That can be done once, and a plan and
    /// an apply are several logins: use it where Terraform is handed a fresh one for each.
    #[attr(optional)]
    wrapped: Value<bool>,
}

/// Logs in with a JWT, such as that of a CI system.
#[derive(Clone, Model)]
#[model(exactly_one_of("jwt", "jwt_file", "jwt_env"))]
pub(crate) struct Jwt {
    /// Where the method is mounted. `jwt` unless set.
    #[attr(optional, validate = validators::not_empty())]
    mount: Value<String>,
    /// The role. The method's default role unless set.
    #[attr(optional)]
    role: Value<String>,
    /// The token. May be an ephemeral value.
    #[attr(optional, sensitive)]
    jwt: Value<SecretText>,
    /// A file that holds the token.
    #[attr(optional, validate = validators::not_empty())]
    jwt_file: Value<String>,
    /// An environment variable that holds the token.
    #[attr(optional, validate = validators::not_empty())]
    jwt_env: Value<String>,
}

/// Logs in as a Kubernetes service account.
#[derive(Clone, Model)]
pub(crate) struct Kubernetes {
    /// Where the method is mounted. `kubernetes` unless set.
    #[attr(optional, validate = validators::not_empty())]
    mount: Value<String>,
    /// The role.
    #[attr(required, validate = validators::not_empty())]
    role: Value<String>,
    /// A file that holds the service account's token. The pod's own unless set.
    #[attr(optional, validate = validators::not_empty())]
    token_file: Value<String>,
}

/// Logs in with a user's name and password.
#[derive(Clone, Model)]
pub(crate) struct Userpass {
    /// Where the method is mounted. `userpass` unless set.
    #[attr(optional, validate = validators::not_empty())]
    mount: Value<String>,
    /// The user's name.
    #[attr(required, validate = validators::not_empty())]
    username: Value<String>,
    /// The password. May be an ephemeral value.
    #[attr(required, sensitive)]
    password: Value<SecretText>,
}

/// Logs in with the client's certificate.
#[derive(Clone, Model)]
pub(crate) struct Certificate {
    /// Where the method is mounted. `cert` unless set.
    #[attr(optional, validate = validators::not_empty())]
    mount: Value<String>,
    /// The role. Any that fits the certificate unless set.
    #[attr(optional)]
    name: Value<String>,
}

impl StoreBlock for Vault {
    const KIND: &'static str = "vault";
    const IS_REMOTE: bool = true;

    fn alias_name(&self) -> &Value<String> {
        &self.alias_name
    }

    fn build(self, surroundings: &Surroundings) -> Result<Arc<dyn SecretStore>, Diagnostic> {
        if let Some(setting) = self.unknown_setting() {
            return Ok(Arc::new(VaultStore::not_ready(setting)));
        }
        let login = self.login()?;
        let defaults = VaultSettings::default();
        let settings = VaultSettings {
            address: self.address.into_known(),
            namespace: self.namespace.into_known(),
            mount: self.mount.into_known().unwrap_or(defaults.mount.clone()),
            kv_version: self.kv_version.into_known().and_then(|it| it.parse().ok()),
            ca_file: self.ca_cert_file.into_known().map(Into::into),
            ca_folder: self.ca_cert_dir.into_known().map(Into::into),
            client_certificate: self.client_cert_file.into_known().map(Into::into),
            client_key: self.client_key_file.into_known().map(Into::into),
            skip_verify: self.skip_tls_verify.into_known(),
            tls_server_name: self.tls_server_name.into_known(),
            login,
            ttl: self
                .token_ttl
                .as_known()
                .map_or(defaults.ttl, Period::length),
            skip_child_token: self.skip_child_token.into_known().unwrap_or_default(),
            patience: surroundings.patience(),
        };
        Ok(Arc::new(VaultStore::new(settings)))
    }
}

impl Vault {
    /// The way to log in that the block names.
    fn login(&self) -> Result<Option<VaultLogin>, Diagnostic> {
        let token = match (self.token.as_known(), self.token_file.as_known()) {
            (Some(token), _) => Some(VaultLogin::Token(given(token))),
            (None, Some(file)) => Some(VaultLogin::Token(VaultCredential::File(file.into()))),
            (None, None) => None,
        };
        let mut ways = [
            token,
            self.auth_login_approle.as_ref().map(AppRole::login),
            self.auth_login_jwt.as_ref().and_then(Jwt::login),
            self.auth_login_kubernetes.as_ref().map(Kubernetes::login),
            self.auth_login_userpass.as_ref().and_then(Userpass::login),
            self.auth_login_cert.as_ref().map(Certificate::login),
        ]
        .into_iter()
        .flatten();
        let login = ways.next();
        if ways.next().is_some() {
            return Err(Diagnostic::error(
                "There are several ways to log in",
                "Give one: a token, a token_file, or one auth_login block.",
            )
            .at("vault"));
        }
        Ok(login)
    }

    /// A setting that Terraform does not know yet. The store then works only once it is known.
    fn unknown_setting(&self) -> Option<&'static str> {
        let role = self.auth_login_approle.as_ref();
        let jwt = self.auth_login_jwt.as_ref();
        let kubernetes = self.auth_login_kubernetes.as_ref();
        let user = self.auth_login_userpass.as_ref();
        let certificate = self.auth_login_cert.as_ref();
        [
            ("vault.address", self.address.is_unknown()),
            ("vault.namespace", self.namespace.is_unknown()),
            ("vault.mount", self.mount.is_unknown()),
            ("vault.kv_version", self.kv_version.is_unknown()),
            ("vault.ca_cert_file", self.ca_cert_file.is_unknown()),
            ("vault.ca_cert_dir", self.ca_cert_dir.is_unknown()),
            ("vault.client_cert_file", self.client_cert_file.is_unknown()),
            ("vault.client_key_file", self.client_key_file.is_unknown()),
            ("vault.skip_tls_verify", self.skip_tls_verify.is_unknown()),
            ("vault.tls_server_name", self.tls_server_name.is_unknown()),
            ("vault.token", self.token.is_unknown()),
            ("vault.token_file", self.token_file.is_unknown()),
            ("vault.token_ttl", self.token_ttl.is_unknown()),
            ("vault.skip_child_token", self.skip_child_token.is_unknown()),
            (
                "vault.auth_login_approle",
                role.is_some_and(|it| {
                    it.mount.is_unknown()
                        || it.role_id.is_unknown()
                        || it.secret_id.is_unknown()
                        || it.wrapped.is_unknown()
                }),
            ),
            (
                "vault.auth_login_jwt",
                jwt.is_some_and(|it| {
                    it.mount.is_unknown()
                        || it.role.is_unknown()
                        || it.jwt.is_unknown()
                        || it.jwt_file.is_unknown()
                        || it.jwt_env.is_unknown()
                }),
            ),
            (
                "vault.auth_login_kubernetes",
                kubernetes.is_some_and(|it| {
                    it.mount.is_unknown() || it.role.is_unknown() || it.token_file.is_unknown()
                }),
            ),
            (
                "vault.auth_login_userpass",
                user.is_some_and(|it| {
                    it.mount.is_unknown() || it.username.is_unknown() || it.password.is_unknown()
                }),
            ),
            (
                "vault.auth_login_cert",
                certificate.is_some_and(|it| it.mount.is_unknown() || it.name.is_unknown()),
            ),
        ]
        .into_iter()
        .find_map(|(setting, unknown)| unknown.then_some(setting))
    }
}

fn given(text: &SecretText) -> VaultCredential {
    VaultCredential::Given(text.clone().into_secret())
}

impl AppRole {
    fn login(&self) -> VaultLogin {
        VaultLogin::AppRole {
            mount: self.mount.as_known().cloned(),
            role_id: self.role_id.as_known().cloned().unwrap_or_default(),
            secret_id: self.secret_id.as_known().map(given),
            is_wrapped: self.wrapped.as_known().copied().unwrap_or_default(),
        }
    }
}

impl Jwt {
    fn login(&self) -> Option<VaultLogin> {
        let file = self.jwt_file.as_known();
        let variable = self.jwt_env.as_known().cloned();
        let token = self
            .jwt
            .as_known()
            .map(given)
            .or_else(|| file.map(|path| VaultCredential::File(path.into())))
            .or_else(|| variable.map(VaultCredential::Variable))?;
        Some(VaultLogin::Jwt {
            mount: self.mount.as_known().cloned(),
            role: self.role.as_known().cloned(),
            token,
        })
    }
}

impl Kubernetes {
    fn login(&self) -> VaultLogin {
        let file = self.token_file.as_known();
        VaultLogin::Kubernetes {
            mount: self.mount.as_known().cloned(),
            role: self.role.as_known().cloned().unwrap_or_default(),
            token: file.map(|path| VaultCredential::File(path.into())),
        }
    }
}

impl Userpass {
    fn login(&self) -> Option<VaultLogin> {
        Some(VaultLogin::Userpass {
            mount: self.mount.as_known().cloned(),
            username: self.username.as_known().cloned()?,
            password: given(self.password.as_known()?),
        })
    }
}

impl Certificate {
    fn login(&self) -> VaultLogin {
        VaultLogin::Certificate {
            mount: self.mount.as_known().cloned(),
            name: self.name.as_known().cloned(),
        }
    }
}
