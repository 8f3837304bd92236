//! `provider "coffer" { azure {} }`

use std::path::PathBuf;
use std::sync::Arc;

use coffer_backend::{AzureSettings, AzureStore, SecretStore};
use coffer_plugin::{Diagnostic, Model, Value, validators};

use super::{StoreBlock, Surroundings};
use crate::secret_text::SecretText;

/// The ways to log in that a block can name.
const CREDENTIALS: &[&str] = &[
    "client_secret",
    "client_certificate",
    "workload_identity",
    "managed_identity",
    "cli",
];

/// A vault of Azure Key Vault. What the block does not set comes from the environment, as the Azure provider (`ARM_*`) and
/// Azure's libraries (`AZURE_*`) read it. Unless `credential` names one, the ways to log in are tried in the order of
/// Azure's libraries: a secret, a certificate, a token of another system, the machine's identity, the command line.
#[derive(Clone, Model)]
#[model(conflicts("vault_url", "vault_name"))]
pub(crate) struct Azure {
    /// What tells several blocks of this kind apart: objects name this store `azure:` with the alias.
    #[attr(optional, validate = super::alias_name)]
    alias_name: Value<String>,
    /// The vault's address, such as `https://my-vault.vault.azure.net`. Also `AZURE_KEYVAULT_URL`.
    #[attr(optional, validate = validators::not_empty())]
    vault_url: Value<String>,
    /// The vault's name, in place of its address.
    #[attr(optional, validate = validators::not_empty())]
    vault_name: Value<String>,
    /// The cloud: `public`, `usgovernment` or `china`. Also `ARM_ENVIRONMENT`; that of the address unless set.
    #[attr(optional, validate = validators::not_empty())]
    environment: Value<String>,
    /// The host that tokens are asked for, in a cloud of its own. Also `AZURE_AUTHORITY_HOST`.
    #[attr(optional, validate = validators::not_empty())]
    authority_host: Value<String>,
    /// What the hosts of vaults end with, in a cloud of its own.
    #[attr(optional, validate = validators::not_empty())]
    dns_suffix: Value<String>,
    /// The tenant that logs in. Also `ARM_TENANT_ID` and `AZURE_TENANT_ID`; that of the vault unless set.
    #[attr(optional, validate = validators::not_empty())]
    tenant_id: Value<String>,
    /// The application, or one of several identities of the machine. Also `ARM_CLIENT_ID` and `AZURE_CLIENT_ID`.
    #[attr(optional, validate = validators::not_empty())]
    client_id: Value<String>,
    /// The application's secret. May be an ephemeral value. Also `ARM_CLIENT_SECRET` and `AZURE_CLIENT_SECRET`.
    #[attr(optional, sensitive)]
    client_secret: Value<SecretText>,
    /// A file with the application's certificate and its RSA key (PEM, without a passphrase). Also
    /// `ARM_CLIENT_CERTIFICATE_PATH` and `AZURE_CLIENT_CERTIFICATE_PATH`.
    #[attr(optional, validate = validators::not_empty())]
    client_certificate_path: Value<String>,
    /// A token of another system that the application trusts. May be an ephemeral value. Also `ARM_OIDC_TOKEN`.
    #[attr(optional, sensitive)]
    oidc_token: Value<SecretText>,
    /// A file with such a token. Also `ARM_OIDC_TOKEN_FILE_PATH` and `AZURE_FEDERATED_TOKEN_FILE`.
    #[attr(optional, validate = validators::not_empty())]
    oidc_token_file_path: Value<String>,
    /// Where GitHub gives such a token to a job. Also `ARM_OIDC_REQUEST_URL` and `ACTIONS_ID_TOKEN_REQUEST_URL`.
    #[attr(optional, validate = validators::not_empty())]
    oidc_request_url: Value<String>,
    /// What the job asks for it with. May be an ephemeral value. Also `ARM_OIDC_REQUEST_TOKEN` and
    /// `ACTIONS_ID_TOKEN_REQUEST_TOKEN`.
    #[attr(optional, sensitive)]
    oidc_request_token: Value<SecretText>,
    /// The one way to log in: `client_secret`, `client_certificate`, `workload_identity`, `managed_identity` or `cli`. Also
    /// `ARM_USE_OIDC`, `ARM_USE_MSI` and `AZURE_TOKEN_CREDENTIALS`.
    #[attr(optional, validate = validators::one_of(CREDENTIALS))]
    credential: Value<String>,
    /// Where the machine asks for tokens of its identity. Also `ARM_MSI_ENDPOINT`.
    #[attr(optional, validate = validators::not_empty())]
    msi_endpoint: Value<String>,
    /// A file of authorities (PEM) that are trusted besides those of the machine.
    #[attr(optional, validate = validators::not_empty())]
    ca_cert_file: Value<String>,
}

impl StoreBlock for Azure {
    const KIND: &'static str = "azure";
    const IS_REMOTE: bool = true;

    fn alias_name(&self) -> &Value<String> {
        &self.alias_name
    }

    fn build(self, surroundings: &Surroundings) -> Result<Arc<dyn SecretStore>, Diagnostic> {
        if let Some(setting) = self.unknown() {
            return Ok(Arc::new(AzureStore::not_ready(setting)));
        }
        let path = |setting: Value<String>| setting.into_known().map(PathBuf::from);
        let secret = |setting: Value<SecretText>| setting.into_known().map(SecretText::into_secret);
        let settings = AzureSettings {
            vault_url: self.vault_url.into_known(),
            vault_name: self.vault_name.into_known(),
            environment: self.environment.into_known(),
            authority_host: self.authority_host.into_known(),
            dns_suffix: self.dns_suffix.into_known(),
            tenant_id: self.tenant_id.into_known(),
            client_id: self.client_id.into_known(),
            client_secret: secret(self.client_secret),
            client_certificate: path(self.client_certificate_path),
            oidc_token: secret(self.oidc_token),
            oidc_token_file: path(self.oidc_token_file_path),
            oidc_request_url: self.oidc_request_url.into_known(),
            oidc_request_token: secret(self.oidc_request_token),
            credential: self.credential.into_known().and_then(|it| it.parse().ok()),
            metadata_host: self.msi_endpoint.into_known(),
            ca_file: path(self.ca_cert_file),
            patience: surroundings.patience(),
            ..AzureSettings::default()
        };
        Ok(Arc::new(AzureStore::new(settings.or_environment())))
    }
}

impl Azure {
    /// The first setting that is not known yet.
    fn unknown(&self) -> Option<&'static str> {
        [
            ("azure.vault_url", self.vault_url.is_unknown()),
            ("azure.vault_name", self.vault_name.is_unknown()),
            ("azure.environment", self.environment.is_unknown()),
            ("azure.authority_host", self.authority_host.is_unknown()),
            ("azure.dns_suffix", self.dns_suffix.is_unknown()),
            ("azure.tenant_id", self.tenant_id.is_unknown()),
            ("azure.client_id", self.client_id.is_unknown()),
            ("azure.client_secret", self.client_secret.is_unknown()),
            (
                "azure.client_certificate_path",
                self.client_certificate_path.is_unknown(),
            ),
            ("azure.oidc_token", self.oidc_token.is_unknown()),
            (
                "azure.oidc_token_file_path",
                self.oidc_token_file_path.is_unknown(),
            ),
            ("azure.oidc_request_url", self.oidc_request_url.is_unknown()),
            (
                "azure.oidc_request_token",
                self.oidc_request_token.is_unknown(),
            ),
            ("azure.credential", self.credential.is_unknown()),
            ("azure.msi_endpoint", self.msi_endpoint.is_unknown()),
            ("azure.ca_cert_file", self.ca_cert_file.is_unknown()),
        ]
        .into_iter()
        .find_map(|(setting, is_unknown)| is_unknown.then_some(setting))
    }
}
