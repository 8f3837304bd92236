//! How Azure Key Vault is reached.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use coffer_vault::Secret;

use crate::http::Patience;

/// A way to log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AzureCredential {
    /// An application with a secret.
    ClientSecret,
    /// An application with a certificate.
    ClientCertificate,
    /// An application that trusts the tokens of another system: Kubernetes, GitHub, Terraform Cloud.
    WorkloadIdentity,
    /// The identity that the machine has in Azure.
    ManagedIdentity,
    /// Whoever is logged in with Azure's command line.
    Cli,
}

impl FromStr for AzureCredential {
    type Err = ();

    /// The name in the provider block, or the one that Azure's libraries have for it in `AZURE_TOKEN_CREDENTIALS`.
    fn from_str(text: &str) -> Result<Self, ()> {
        Ok(match text.to_ascii_lowercase().as_str() {
            "client_secret" => Self::ClientSecret,
            "client_certificate" => Self::ClientCertificate,
            "workload_identity" | "workloadidentitycredential" => Self::WorkloadIdentity,
            "managed_identity" | "managedidentitycredential" => Self::ManagedIdentity,
            "cli" | "azureclicredential" => Self::Cli,
            _ => return Err(()),
        })
    }
}

/// Settings of an [`crate::AzureStore`]. What is not set comes from the environment; see [`Self::or_environment`].
#[derive(Clone, Default)]
pub struct AzureSettings {
    /// The vault's address, such as `https://my-vault.vault.azure.net`.
    pub vault_url: Option<String>,
    /// The vault's name, in place of its address.
    pub vault_name: Option<String>,
    /// The cloud: `public`, `usgovernment` or `china`; by default that of the address.
    pub environment: Option<String>,
    /// Where tokens are asked for, in place of the cloud's own host.
    pub authority_host: Option<String>,
    /// What hosts of vaults end with, in place of the cloud's own suffix.
    pub dns_suffix: Option<String>,
    /// The tenant that logs in; by default the vault's.
    pub tenant_id: Option<String>,
    /// The application, or the managed identity where there are several.
    pub client_id: Option<String>,
    /// The application's secret.
    pub client_secret: Option<Secret>,
    /// A file with the application's certificate and its RSA key (PEM).
    pub client_certificate: Option<PathBuf>,
    /// Another system's token, used as it is.
    pub oidc_token: Option<Secret>,
    /// A file with another system's token, read anew for each login.
    pub oidc_token_file: Option<PathBuf>,
    /// Where GitHub gives a token to a job.
    pub oidc_request_url: Option<String>,
    /// What the job asks for it with.
    pub oidc_request_token: Option<Secret>,
    /// The way to log in; by default the first of all that work.
    pub credential: Option<AzureCredential>,
    /// Where App Service and its kin give tokens of the managed identity.
    pub identity_endpoint: Option<String>,
    /// What they are asked with.
    pub identity_header: Option<Secret>,
    /// Where machines ask for tokens of their managed identity, in place of `http://169.254.169.254`.
    pub metadata_host: Option<String>,
    /// Azure's command line; `az` of the program path by default.
    pub cli: Option<PathBuf>,
    /// A file of authorities (PEM) that are trusted besides those of the machine.
    pub ca_file: Option<PathBuf>,
    /// Addresses of hosts, in place of those that DNS gives; the port stays that of the URL. For private endpoints that
    /// DNS does not know, and for tests.
    pub addresses: Vec<(String, SocketAddr)>,
    /// How often and how long requests are tried.
    pub patience: Patience,
}

impl AzureSettings {
    /// Fills what is not set from the variables that the Azure provider (`ARM_`) and Azure's libraries (`AZURE_`) read.
    /// A secret, a certificate or a token is taken from the environment only where none is set, so that a block never
    /// mixes two identities.
    #[must_use]
    pub fn or_environment(self) -> Self {
        self.or_variables(&|name| std::env::var(name).ok())
    }

    fn or_variables(mut self, variable: &dyn Fn(&str) -> Option<String>) -> Self {
        let first = |names: &[&str]| {
            names
                .iter()
                .find_map(|name| variable(name).filter(|value| !value.is_empty()))
        };
        let or = |setting: Option<String>, names: &[&str]| setting.or_else(|| first(names));
        let path = |names: &[&str]| first(names).map(PathBuf::from);
        let is_set = |name: &str| matches!(first(&[name]).as_deref(), Some("true" | "1"));
        if self.vault_name.is_none() {
            self.vault_url = or(self.vault_url, &["AZURE_KEYVAULT_URL"]);
        }
        self.environment = or(self.environment, &["ARM_ENVIRONMENT", "AZURE_ENVIRONMENT"]);
        self.authority_host = or(self.authority_host, &["AZURE_AUTHORITY_HOST"]);
        self.tenant_id = or(self.tenant_id, &["ARM_TENANT_ID", "AZURE_TENANT_ID"]);
        self.client_id = or(self.client_id, &["ARM_CLIENT_ID", "AZURE_CLIENT_ID"]);
        self.identity_endpoint = or(self.identity_endpoint, &["IDENTITY_ENDPOINT"]);
        self.identity_header = self
            .identity_header
            .or_else(|| first(&["IDENTITY_HEADER"]).map(Secret::from));
        self.metadata_host = or(
            self.metadata_host,
            &["ARM_MSI_ENDPOINT", "AZURE_POD_IDENTITY_AUTHORITY_HOST"],
        );
        let is_given = self.client_secret.is_some()
            || self.client_certificate.is_some()
            || self.oidc_token.is_some()
            || self.oidc_token_file.is_some()
            || self.oidc_request_url.is_some();
        if !is_given {
            self.client_secret =
                first(&["ARM_CLIENT_SECRET", "AZURE_CLIENT_SECRET"]).map(Secret::from);
            self.client_certificate = path(&[
                "ARM_CLIENT_CERTIFICATE_PATH",
                "AZURE_CLIENT_CERTIFICATE_PATH",
            ]);
            self.oidc_token = first(&["ARM_OIDC_TOKEN"]).map(Secret::from);
            self.oidc_token_file =
                path(&["ARM_OIDC_TOKEN_FILE_PATH", "AZURE_FEDERATED_TOKEN_FILE"]);
            self.oidc_request_url =
                first(&["ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL"]);
            if self.credential.is_none() {
                self.credential = if is_set("ARM_USE_MSI") {
                    Some(AzureCredential::ManagedIdentity)
                } else if is_set("ARM_USE_OIDC") || is_set("ARM_USE_AKS_WORKLOAD_IDENTITY") {
                    Some(AzureCredential::WorkloadIdentity)
                } else {
                    first(&["AZURE_TOKEN_CREDENTIALS"]).and_then(|name| name.parse().ok())
                };
            }
        }
        self.oidc_request_token = self.oidc_request_token.or_else(|| {
            first(&["ARM_OIDC_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"]).map(Secret::from)
        });
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(name: &str) -> Option<String> {
        let value = match name {
            "AZURE_KEYVAULT_URL" => "https://from-the-environment.vault.azure.net",
            "AZURE_TENANT_ID" => "second",
            "ARM_TENANT_ID" => "first",
            "ARM_CLIENT_SECRET" => "fake-secret",
            "ARM_USE_MSI" => "true",
            _ => return None,
        };
        Some(value.to_owned())
    }

    #[test]
    fn the_environment_fills_what_is_not_set_and_mixes_no_identities() {
        let filled = AzureSettings::default().or_variables(&variables);
        assert!(filled.vault_url.unwrap().contains("from-the-environment"));
        assert_eq!(filled.tenant_id.as_deref(), Some("first"));
        assert!(filled.client_secret.is_some());
        assert_eq!(filled.credential, Some(AzureCredential::ManagedIdentity));
        let set = AzureSettings {
            vault_name: Some("set".to_owned()),
            oidc_token: Some(Secret::copy_from(b"fake-token")),
            ..AzureSettings::default()
        };
        let set = set.or_variables(&variables);
        assert_eq!(set.vault_url, None);
        assert!(set.client_secret.is_none());
        assert_eq!(set.credential, None);
    }

    #[test]
    fn ways_to_log_in_have_the_names_of_both_worlds() {
        for (name, way) in [
            ("client_certificate", AzureCredential::ClientCertificate),
            ("AzureCliCredential", AzureCredential::Cli),
            ("managed_identity", AzureCredential::ManagedIdentity),
        ] {
            assert_eq!(name.parse(), Ok(way));
        }
        assert!("prod".parse::<AzureCredential>().is_err());
    }
}
