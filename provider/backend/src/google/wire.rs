//! What Secret Manager's REST interface answers.

use std::borrow::Cow;
use std::collections::BTreeMap;

use coffer_vault::Timestamp;
use serde::Deserialize;

/// A secret, which holds no value.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Secret {
    /// `projects/P/secrets/ID`.
    pub(super) name: String,
    pub(super) create_time: Option<Timestamp>,
    pub(super) expire_time: Option<Timestamp>,
    pub(super) labels: BTreeMap<String, String>,
    pub(super) annotations: BTreeMap<String, String>,
    /// Numbers are texts in the JSON of protocol buffers.
    pub(super) version_aliases: BTreeMap<String, String>,
    pub(super) etag: String,
}

/// A version, without its value.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Version {
    /// `projects/P/secrets/ID/versions/N`.
    pub(super) name: String,
    pub(super) create_time: Option<Timestamp>,
    pub(super) destroy_time: Option<Timestamp>,
    pub(super) state: State,
    pub(super) etag: String,
    /// Whether the server has compared the checksum that came with the value.
    pub(super) client_specified_payload_checksum: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum State {
    Enabled,
    Disabled,
    Destroyed,
    #[default]
    #[serde(other)]
    Unknown,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
pub(super) struct Secrets {
    pub(super) secrets: Vec<Secret>,
    pub(super) next_page_token: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
pub(super) struct Versions {
    pub(super) versions: Vec<Version>,
    pub(super) next_page_token: String,
}

/// A version's value.
#[derive(Deserialize)]
pub(super) struct Access<'a> {
    pub(super) name: String,
    #[serde(borrow, default)]
    pub(super) payload: Payload<'a>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Payload<'a> {
    /// In base64.
    #[serde(borrow)]
    pub(super) data: Cow<'a, str>,
    pub(super) data_crc32c: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Failure {
    pub(super) error: Status,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Status {
    pub(super) message: String,
    pub(super) status: String,
}

impl Secret {
    /// The id, as it stands in the name.
    pub(super) fn id(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or_default()
    }
}

impl Version {
    /// The number at the end of the name.
    pub(super) fn number(&self) -> Option<u64> {
        number(&self.name)
    }
}

/// The number at the end of a version's name.
pub(super) fn number(name: &str) -> Option<u64> {
    name.rsplit('/').next()?.parse().ok()
}
