//! What a vault answers to a request without a token: whom to ask for one, and what for.

use reqwest::Url;

use super::SYSTEM;
use super::cloud::is_below;
use crate::error::{Error, Result};

/// A challenge that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Challenge {
    /// The vault's tenant.
    pub(super) tenant: String,
    /// What the token is for, such as `https://vault.azure.net`.
    pub(super) resource: String,
}

impl Challenge {
    /// Reads `WWW-Authenticate: Bearer authorization="https://login…/TENANT", resource="https://vault.azure.net"`.
    ///
    /// A token for the resource is good for every vault of its domain, so the domain has to be the vault's own: a server
    /// that only calls itself a vault would otherwise get a token for all the others.
    ///
    /// # Errors
    /// Where it is no such challenge, or its resource is none of `host`.
    pub(super) fn read(header: &str, host: &str) -> Result<Self> {
        let fields = fields(header);
        let field = |names: [&str; 2]| {
            names
                .iter()
                .find_map(|name| fields.iter().find(|(known, _)| known == name))
                .map(|(_, value)| value.as_str())
        };
        let authorization = field(["authorization", "authorization_uri"])
            .and_then(|text| Url::parse(text).ok())
            .ok_or_else(|| refused("it names no authority".to_owned()))?;
        let tenant = authorization
            .path_segments()
            .and_then(|mut segments| segments.next())
            .filter(|tenant| is_tenant(tenant))
            .ok_or_else(|| refused("it names no tenant".to_owned()))?
            .to_owned();
        let resource = field(["resource", "scope"])
            .map(|text| text.strip_suffix("/.default").unwrap_or(text))
            .ok_or_else(|| refused("it names no resource".to_owned()))?;
        let domain = Url::parse(resource)
            .ok()
            .filter(|url| url.scheme() == "https")
            .and_then(|url| url.host_str().map(str::to_ascii_lowercase))
            .ok_or_else(|| refused("its resource is no https address".to_owned()))?;
        if !is_below(host, &domain) {
            return Err(refused(format!(
                "it wants a token for {domain}, and {host} is no name below that"
            )));
        }
        Ok(Self {
            tenant,
            resource: resource.trim_end_matches('/').to_owned(),
        })
    }
}

/// Whether `text` can be a tenant: an id, or a domain.
pub(super) fn is_tenant(text: &str) -> bool {
    let allowed = |it: char| it.is_ascii_alphanumeric() || it == '-' || it == '.';
    !text.is_empty() && text.chars().all(allowed) && !text.contains("..")
}

/// The fields of a bearer challenge, with names in lower case.
fn fields(header: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let trimmed = header.trim();
    let scheme = trimmed.get(..7).unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("bearer ") {
        return found;
    }
    let mut rest = trimmed.get(7..).unwrap_or_default();
    while let Some((name, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let (value, more) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => after.split_once([',', ' ']).unwrap_or((after, "")),
        };
        let name = name.trim_matches(|it: char| it == ',' || it.is_whitespace());
        found.push((name.to_ascii_lowercase(), value.to_owned()));
        rest = more;
    }
    found
}

fn refused(said: String) -> Error {
    Error::Login {
        system: SYSTEM,
        said: format!("the vault's challenge cannot be used: {said}"),
        remedy: "check vault_url, and that nothing between this machine and the vault answers in its place".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = "fake.vault.azure.net";

    #[test]
    fn a_challenge_tells_the_tenant_and_the_resource() {
        for header in [
            r#"Bearer authorization="https://login.microsoftonline.com/fake-tenant", resource="https://vault.azure.net""#,
            r#"bearer authorization_uri="https://login.example/fake-tenant" scope="https://vault.azure.net/.default""#,
            r#"Bearer resource=https://vault.azure.net/, authorization=https://login.example/fake-tenant/oauth2"#,
        ] {
            let read = Challenge::read(header, HOST).unwrap();
            assert_eq!(read.tenant, "fake-tenant");
            assert_eq!(read.resource, "https://vault.azure.net");
        }
    }

    #[test]
    fn a_challenge_for_another_domain_is_refused() {
        for resource in [
            "https://vault.azure.net.example",
            "https://management.azure.com",
            "https://other.vault.azure.net",
            "https://fake.vault.azure.net",
            "http://vault.azure.net",
            "ault.azure.net",
        ] {
            let header = format!(
                r#"Bearer authorization="https://login.microsoftonline.com/t", resource="{resource}""#
            );
            assert!(Challenge::read(&header, HOST).is_err(), "{resource}");
        }
    }

    #[test]
    fn what_is_no_challenge_is_refused() {
        for header in [
            "",
            "Basic realm=\"x\"",
            "Bearer",
            "Bearer resource=\"https://vault.azure.net\"",
            "Bearer authorization=\"https://login.example/\", resource=\"https://vault.azure.net\"",
            "Bearer authorization=\"https://login.example/a%2Fb\", resource=\"https://vault.azure.net\"",
        ] {
            assert!(Challenge::read(header, HOST).is_err(), "{header}");
        }
    }
}
