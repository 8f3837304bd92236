//! Which of Microsoft's clouds a vault is in, and where its parts are.

use reqwest::Url;

use super::settings::AzureSettings;
use crate::error::{Error, Result};
use crate::http::is_guarded;

/// A cloud.
struct Cloud {
    /// As `environment` calls it.
    name: &'static str,
    /// Where tokens are asked for.
    authority: &'static str,
    /// What the hosts of vaults end with.
    suffix: &'static str,
}

const CLOUDS: &[Cloud] = &[
    Cloud {
        name: "public",
        authority: "https://login.microsoftonline.com",
        suffix: "vault.azure.net",
    },
    Cloud {
        name: "usgovernment",
        authority: "https://login.microsoftonline.us",
        suffix: "vault.usgovcloudapi.net",
    },
    Cloud {
        name: "china",
        authority: "https://login.chinacloudapi.cn",
        suffix: "vault.azure.cn",
    },
];

/// Where a vault is, and where tokens for it come from.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// `https://my-vault.vault.azure.net`, without a slash at the end.
    pub(super) vault: String,
    /// The host alone.
    pub(super) host: String,
    /// `https://login.microsoftonline.com`, without a slash at the end.
    pub(super) authority: String,
}

impl Place {
    /// The place that `settings` describe.
    ///
    /// # Errors
    /// Where no vault is named, or one that is in no cloud.
    pub(super) fn new(settings: &AzureSettings) -> Result<Self> {
        let cloud = cloud(settings)?;
        let suffix = match &settings.dns_suffix {
            Some(suffix) => suffix.trim_start_matches('.').to_ascii_lowercase(),
            None => cloud.suffix.to_owned(),
        };
        let text = match (&settings.vault_url, &settings.vault_name) {
            (Some(url), _) => url.clone(),
            (None, Some(name)) => {
                check_vault_name(name)?;
                format!("https://{name}.{suffix}")
            }
            (None, None) => {
                return Err(setting(
                    "vault_url",
                    "is not set".to_owned(),
                    "set vault_url or vault_name, or AZURE_KEYVAULT_URL",
                ));
            }
        };
        let url = base(&text)?;
        let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
        if !is_below(&host, &suffix) {
            return Err(setting(
                "vault_url",
                format!("is on the host {host}, which does not end with .{suffix}"),
                "check the address; for a vault in another cloud set environment or dns_suffix",
            ));
        }
        let authority = settings.authority_host.as_deref();
        let authority = authority.unwrap_or(cloud.authority).trim_end_matches('/');
        let authority = match authority.contains("://") {
            true => authority.to_owned(),
            false => format!("https://{authority}"),
        };
        if !is_guarded(&authority) {
            return Err(setting(
                "authority_host",
                "is no https address".to_owned(),
                "give an https address such as https://login.microsoftonline.com",
            ));
        }
        Ok(Self {
            vault: url.origin().ascii_serialization(),
            host,
            authority,
        })
    }
}

/// Whether `host` is a name below `domain`.
pub(super) fn is_below(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain)
        .and_then(|rest| rest.strip_suffix('.'))
        .is_some_and(|name| !name.is_empty())
}

/// The cloud that is named, or the one that the vault's address is of.
fn cloud(settings: &AzureSettings) -> Result<&'static Cloud> {
    let public = CLOUDS.first().ok_or_else(|| unknown_cloud(""))?;
    let Some(name) = &settings.environment else {
        let host = settings
            .vault_url
            .as_ref()
            .and_then(|url| Url::parse(url).ok())
            .and_then(|url| url.host_str().map(str::to_ascii_lowercase))
            .unwrap_or_default();
        let found = CLOUDS.iter().find(|cloud| is_below(&host, cloud.suffix));
        return Ok(found.unwrap_or(public));
    };
    // The Azure provider and Azure's own tools have several names for each.
    let short = name.to_ascii_lowercase();
    let short = match short.as_str() {
        "azurepubliccloud" | "azurecloud" => "public",
        "usgov" | "usgovernmentl4" | "azureusgovernment" | "azureusgovernmentcloud" => {
            "usgovernment"
        }
        "azurechinacloud" => "china",
        short => short,
    };
    CLOUDS
        .iter()
        .find(|cloud| cloud.name == short)
        .ok_or_else(|| unknown_cloud(name))
}

fn unknown_cloud(name: &str) -> Error {
    setting(
        "environment",
        format!("names no cloud: {name:?}"),
        "give public, usgovernment or china; for another cloud set authority_host and dns_suffix",
    )
}

/// An address that has nothing but a host and perhaps a port.
fn base(text: &str) -> Result<Url> {
    let wrong = |problem: String| {
        setting(
            "vault_url",
            problem,
            "give an address such as https://my-vault.vault.azure.net",
        )
    };
    let url = Url::parse(text).map_err(|error| wrong(format!("is no URL: {error}")))?;
    if url.scheme() != "https" || url.host_str().is_none() {
        return Err(wrong(
            "is no https address; over another one everybody on the way reads the values"
                .to_owned(),
        ));
    }
    let is_bare = url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    if !is_bare {
        return Err(wrong("has more than a host".to_owned()));
    }
    Ok(url)
}

fn check_vault_name(name: &str) -> Result<()> {
    let allowed = |it: char| it.is_ascii_alphanumeric() || it == '-';
    if (3..=24).contains(&name.len()) && name.chars().all(allowed) && !name.starts_with('-') {
        return Ok(());
    }
    Err(setting(
        "vault_name",
        format!("can be no name of a vault: {name:?}"),
        "give 3 to 24 letters, digits and -; a whole address goes into vault_url",
    ))
}

fn setting(setting: &'static str, problem: String, remedy: &str) -> Error {
    Error::Setting {
        setting,
        problem,
        remedy: remedy.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(change: impl FnOnce(&mut AzureSettings)) -> Result<Place> {
        let mut settings = AzureSettings::default();
        change(&mut settings);
        Place::new(&settings)
    }

    #[test]
    fn a_vault_is_found_by_its_name_or_address_in_every_cloud() {
        for (environment, vault, authority) in [
            (
                None,
                "https://fake-vault.vault.azure.net",
                "https://login.microsoftonline.com",
            ),
            (
                Some("AzureUSGovernment"),
                "https://fake-vault.vault.usgovcloudapi.net",
                "https://login.microsoftonline.us",
            ),
            (
                Some("china"),
                "https://fake-vault.vault.azure.cn",
                "https://login.chinacloudapi.cn",
            ),
        ] {
            let named = place(|it| {
                it.vault_name = Some("fake-vault".to_owned());
                it.environment = environment.map(str::to_owned);
            });
            let named = named.unwrap();
            assert_eq!(
                (named.vault.as_str(), named.authority.as_str()),
                (vault, authority)
            );
            // The address alone says which cloud it is of.
            let addressed = place(|it| it.vault_url = Some(format!("{vault}/"))).unwrap();
            assert_eq!(addressed.vault, vault);
            assert_eq!(addressed.authority, authority);
        }
    }

    #[test]
    fn another_cloud_is_described_by_its_hosts() {
        let own = place(|it| {
            it.vault_url = Some("https://fake.vault.stack.example:8443".to_owned());
            it.dns_suffix = Some(".vault.stack.example".to_owned());
            it.authority_host = Some("login.stack.example/".to_owned());
        });
        let own = own.unwrap();
        assert_eq!(own.vault, "https://fake.vault.stack.example:8443");
        assert_eq!(own.authority, "https://login.stack.example");
    }

    #[test]
    fn an_address_that_leads_elsewhere_is_refused() {
        for url in [
            "http://fake.vault.azure.net",
            "https://vault.azure.net",
            "https://fake.vault.azure.net.example",
            "https://fakevault.azure.net",
            "https://user@fake.vault.azure.net",
            "https://fake.vault.azure.net/secrets",
            "fake",
        ] {
            let error = place(|it| it.vault_url = Some(url.to_owned())).unwrap_err();
            assert!(error.to_string().contains("vault_url"), "{url}: {error}");
        }
        let name = place(|it| it.vault_name = Some("fake.example/x".to_owned()));
        assert!(name.unwrap_err().to_string().contains("vault_name"));
        let open = place(|it| {
            it.vault_name = Some("fake-vault".to_owned());
            it.authority_host = Some("http://login.example".to_owned());
        });
        assert!(open.unwrap_err().to_string().contains("authority_host"));
    }
}
