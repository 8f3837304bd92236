//! What Key Vault's REST interface answers.

use std::collections::BTreeMap;

use coffer_vault::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

/// The tags of a version.
pub(super) type Tags = BTreeMap<String, String>;

/// A version, or in a list of secrets the newest one, without its value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Item {
    /// `https://VAULT/secrets/NAME`, and `/VERSION` but in a list of secrets.
    pub(super) id: String,
    pub(super) content_type: Option<String>,
    pub(super) attributes: Attributes,
    pub(super) tags: Option<Tags>,
    /// Whether it is the private key of a certificate, which is changed with the certificate.
    pub(super) managed: Option<bool>,
}

/// What a version is. Times are seconds since 1970.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Attributes {
    pub(super) enabled: Option<bool>,
    pub(super) exp: Option<i64>,
    pub(super) nbf: Option<i64>,
    pub(super) created: Option<i64>,
    pub(super) updated: Option<i64>,
    /// What happens on deletion, such as `Recoverable+Purgeable`.
    pub(super) recovery_level: Option<String>,
}

/// A deleted secret.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Deleted {
    #[serde(flatten)]
    pub(super) item: Item,
    pub(super) deleted_date: Option<i64>,
    pub(super) scheduled_purge_date: Option<i64>,
}

/// A part of a list.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Page {
    pub(super) value: Option<Vec<Item>>,
    pub(super) next_link: Option<String>,
}

/// The value of an answer, as it stands there: it is taken out by [`super::value`], so that no copy is left behind.
#[derive(Deserialize)]
pub(super) struct Value<'a> {
    #[serde(borrow)]
    pub(super) value: &'a RawValue,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Failure {
    pub(super) error: Status,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Status {
    pub(super) code: String,
    pub(super) message: String,
    #[serde(rename = "innererror")]
    pub(super) inner: Option<Box<Status>>,
}

impl Item {
    /// The name in `id`.
    pub(super) fn name(&self) -> &str {
        self.path().next().unwrap_or_default()
    }

    /// The version in `id`.
    pub(super) fn version(&self) -> &str {
        self.path().nth(1).unwrap_or_default()
    }

    /// What follows `secrets/` or `deletedsecrets/`.
    fn path(&self) -> impl Iterator<Item = &str> {
        let (_, rest) = self.id.split_once("secrets/").unwrap_or_default();
        rest.split('/')
    }

    pub(super) fn is_enabled(&self) -> bool {
        self.attributes.enabled.unwrap_or(true)
    }

    pub(super) fn created(&self) -> Timestamp {
        self.attributes.created.and_then(time).unwrap_or_default()
    }

    /// Whether a deletion could not be taken back.
    pub(super) fn is_gone_once_deleted(&self) -> bool {
        let level = self.attributes.recovery_level.as_deref();
        level.is_some_and(|level| !level.contains("ecoverable"))
    }

    /// Whether nobody can remove it before its time is over.
    pub(super) fn is_protected(&self) -> bool {
        let level = self.attributes.recovery_level.as_deref();
        level.is_some_and(|level| !level.contains("Purgeable"))
    }
}

impl Status {
    /// The most exact code there is.
    pub(super) fn code(&self) -> &str {
        match &self.inner {
            Some(inner) if !inner.code.is_empty() => inner.code(),
            _ => &self.code,
        }
    }
}

/// A time of Key Vault's.
pub(super) fn time(seconds: i64) -> Option<Timestamp> {
    Timestamp::from_second(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_holds_the_name_and_the_version() {
        let item = |id: &str| Item {
            id: id.to_owned(),
            ..Item::default()
        };
        let version = item("https://fake.vault.azure.net/secrets/db/0123abcd");
        assert_eq!((version.name(), version.version()), ("db", "0123abcd"));
        let secret = item("https://fake.vault.azure.net/secrets/db");
        assert_eq!((secret.name(), secret.version()), ("db", ""));
        let level = |level: &str| Item {
            attributes: Attributes {
                recovery_level: Some(level.to_owned()),
                ..Attributes::default()
            },
            ..Item::default()
        };
        assert!(level("Purgeable").is_gone_once_deleted());
        assert!(level("Recoverable+ProtectedSubscription").is_protected());
        for both in ["Recoverable+Purgeable", "CustomizedRecoverable+Purgeable"] {
            assert!(!level(both).is_gone_once_deleted() && !level(both).is_protected());
        }
    }
}
