//! Certificates of the PKI engine.

use coffer_vault::{Secret, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::server::{Server, member, number, unexpected};
use crate::target::TargetError;

/// Which role of the PKI engine issues. It holds no secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PkiRole {
    /// The role's name.
    pub role: String,
    /// The mount of the engine; `pki` unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mount: Option<String>,
    /// The secret with the server and a login; the environment's unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_secret: Option<String>,
}

impl PkiRole {
    /// Refuses settings that cannot be meant.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn check(&self) -> Result<(), String> {
        match self.role.is_empty() || self.role.contains(['/', '?', '#']) {
            true => Err("pki_role is the name of a role of the engine, without slashes".to_owned()),
            false => Ok(()),
        }
    }

    fn path(&self, rest: &str) -> String {
        let mount = self.mount.as_deref().unwrap_or("pki");
        format!("{}/{rest}", mount.trim_matches('/'))
    }
}

/// What the engine gave.
pub(in crate::target) struct Issued {
    /// The private key, the certificate, and those above it, as PEM.
    pub(in crate::target) value: Secret,
    /// When the certificate ends, which its role may have brought forward.
    pub(in crate::target) expires: Timestamp,
}

/// The engine, ready to issue.
pub(in crate::target) struct PkiIssuer {
    role: PkiRole,
    server: Server,
}

impl PkiIssuer {
    pub(in crate::target) fn new(role: PkiRole, server: Server) -> Self {
        Self { role, server }
    }

    /// Issues a certificate for `names` that is valid for `seconds`, or for less where the role says so.
    pub(in crate::target) async fn issue(
        &self,
        names: &[String],
        seconds: i64,
    ) -> Result<Issued, TargetError> {
        let path = self.role.path(&format!("issue/{}", self.role.role));
        let answer = self.server.write(path, request(names, seconds)).await?;
        if !answer.id.is_empty() {
            return Err(TargetError::Refused {
                system: "OpenBao".to_owned(),
                why: format!(
                    "the role {} gives its certificates a lease, which ends with the login that asked for it",
                    self.role.role
                ),
                remedy: "set generate_lease of the role to false".to_owned(),
            });
        }
        let part = |name: &str| {
            member(&answer, name)?.ok_or_else(|| unexpected(&format!("its answer has no {name}")))
        };
        let mut value = Vec::new();
        for name in ["private_key", "certificate", "issuing_ca"] {
            value.extend_from_slice(part(name)?.danger_expose().trim_ascii());
            value.push(b'\n');
        }
        let expires = number(&answer, "expiration").and_then(|it| Timestamp::from_second(it).ok());
        Ok(Issued {
            value: Secret::new(value),
            expires: expires.ok_or_else(|| unexpected("its answer has no expiration"))?,
        })
    }

    /// The authority's certificate, as PEM.
    pub(in crate::target) async fn authority(&self) -> Result<Secret, TargetError> {
        let answer = self.server.read(self.role.path("cert/ca")).await?;
        member(&answer, "certificate")?.ok_or_else(|| unexpected("it has no authority"))
    }

    /// Puts a certificate (PEM) on the list of those that are revoked. One that is there already is no error.
    pub(in crate::target) async fn revoke(&self, certificate: String) -> Result<(), TargetError> {
        let mut data = Map::new();
        data.insert("certificate".to_owned(), certificate.into());
        self.server.write(self.role.path("revoke"), data).await?;
        Ok(())
    }
}

/// What is asked for: addresses are told from names, of which the first is the common one.
fn request(names: &[String], seconds: i64) -> Map<String, Value> {
    let (addresses, names): (Vec<&str>, Vec<&str>) = names
        .iter()
        .map(String::as_str)
        .partition(|name| name.parse::<std::net::IpAddr>().is_ok());
    let mut data = Map::new();
    let mut insert = |name: &str, value: String| data.insert(name.to_owned(), value.into());
    insert("ttl", format!("{seconds}s"));
    insert("ip_sans", addresses.join(","));
    insert("alt_names", names.join(","));
    if let Some(first) = names.first() {
        insert("common_name", (*first).to_owned());
    }
    insert("private_key_format", "pkcs8".to_owned());
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses_go_where_they_belong() {
        let names = ["10.0.0.7", "db.example", "web.example"].map(str::to_owned);
        let asked = request(&names, 60);
        assert_eq!(asked["common_name"], "db.example");
        assert_eq!(asked["alt_names"], "db.example,web.example");
        assert_eq!(asked["ip_sans"], "10.0.0.7");
        assert_eq!(asked["ttl"], "60s");
    }
}
