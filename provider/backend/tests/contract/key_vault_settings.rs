//! What leads to the server that plays Azure Key Vault.

use std::time::Duration;

use coffer_backend::{AzureCredential, AzureSettings, Patience};
use coffer_vault::Secret;
use xtask::azure::{CLIENT, CLIENT_SECRET, KeyVault, LOGIN_HOST, TENANT, VAULT_HOST};

/// The settings of an application with a secret.
pub(crate) fn settings(server: &KeyVault) -> AzureSettings {
    AzureSettings {
        vault_url: Some(server.vault_url()),
        authority_host: Some(server.authority_host()),
        tenant_id: Some(TENANT.to_owned()),
        client_id: Some(CLIENT.to_owned()),
        client_secret: Some(Secret::copy_from(CLIENT_SECRET.as_bytes())),
        credential: Some(AzureCredential::ClientSecret),
        ca_file: Some(server.authority().to_owned()),
        addresses: [VAULT_HOST, LOGIN_HOST]
            .map(|host| (host.to_owned(), server.address()))
            .to_vec(),
        patience: Patience {
            retries: 3,
            attempt: Duration::from_secs(20),
            total: Duration::from_secs(40),
        },
        ..AzureSettings::default()
    }
}
