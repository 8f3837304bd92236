//! The identity that a machine has in Azure, of which a service on the machine gives tokens.

use std::time::Duration;

use coffer_vault::{Secret, Timestamp};
use reqwest::Url;
use reqwest::header::HeaderName;
use serde::Deserialize;
use serde_json::Value as Json;

use super::{Fetched, Refusal, login};
use crate::azure::SYSTEM;
use crate::azure::settings::AzureSettings;
use crate::error::{Error, Result};
use crate::http::{Answer, Call, Client, Patience, Token, Trust};

/// Where virtual machines and their kin ask.
const METADATA_HOST: &str = "http://169.254.169.254";
const METADATA_PATH: &str = "/metadata/identity/oauth2/token";
const METADATA_VERSION: &str = "2018-02-01";
/// The version that App Service, Functions and Container Apps speak.
const ENDPOINT_VERSION: &str = "2019-08-01";
/// How long to wait for an answer where it is not known that there is anybody to give one.
const LOOK: Patience = Patience {
    retries: 0,
    attempt: Duration::from_secs(1),
    total: Duration::from_secs(1),
};

/// The machine's identity.
pub(super) struct Managed {
    client: Client,
    /// Whether to find out first if there is a service at all.
    looks_first: bool,
    /// One that answers quickly or not at all.
    quick: Client,
    place: Place,
    client_id: Option<String>,
}

enum Place {
    /// `IDENTITY_ENDPOINT`, and what it is asked with.
    Endpoint(String, Secret),
    /// The metadata service.
    Metadata(String),
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    /// Seconds since 1970, as a text or a number.
    expires_on: Json,
}

impl Managed {
    /// The identity that the environment leads to. `is_only` where no other way to log in is left.
    ///
    /// # Errors
    /// Where TLS cannot be set up.
    pub(super) fn new(settings: &AzureSettings, is_only: bool) -> Result<Self> {
        // A proxy must not get the token of the machine.
        let trust = Trust {
            goes_direct: true,
            ..Trust::default()
        };
        let place = match (&settings.identity_endpoint, &settings.identity_header) {
            (Some(url), Some(header)) => Place::Endpoint(url.clone(), header.clone()),
            _ => {
                let host = settings.metadata_host.as_deref().unwrap_or(METADATA_HOST);
                Place::Metadata(host.trim_end_matches('/').to_owned())
            }
        };
        Ok(Self {
            client: Client::with_trust(SYSTEM, settings.patience, &trust)?,
            looks_first: !is_only && matches!(place, Place::Metadata(_)),
            quick: Client::with_trust(SYSTEM, LOOK, &trust)?,
            place,
            client_id: settings.client_id.clone(),
        })
    }

    /// A token for `resource`.
    pub(super) async fn token(&self, resource: &str) -> Fetched {
        if self.looks_first
            && let Err(error) = self.quick.send(&Call::get(self.url(resource)?)).await
        {
            return Err(Refusal::Absent(format!("no managed identity ({error})")));
        }
        let call = Call::get(self.url(resource)?);
        let call = match &self.place {
            Place::Metadata(_) => call.header("metadata", "true"),
            Place::Endpoint(_, secret) => call.secret_header(
                HeaderName::from_static("x-identity-header"),
                secret.danger_expose(),
            ),
        };
        let answer = self.client.send(&call).await?;
        if answer.is_success() {
            return Ok(token(&answer)?);
        }
        let said = description(&answer);
        // The service is there, and the machine has no identity.
        if self.looks_first && answer.status == 400 {
            return Err(Refusal::Absent(format!("no managed identity ({said})")));
        }
        Err(Refusal::Failed(login(
            format!("the managed identity gives no token: {said}"),
            "give the machine an identity; where it has several, set client_id",
        )))
    }

    fn url(&self, resource: &str) -> Result<String> {
        let (place, version) = match &self.place {
            Place::Endpoint(url, _) => (url.clone(), ENDPOINT_VERSION),
            // Other kinds of machines have the whole address in a variable.
            Place::Metadata(host) if host.ends_with(METADATA_PATH) => {
                (host.clone(), METADATA_VERSION)
            }
            Place::Metadata(host) => (format!("{host}{METADATA_PATH}"), METADATA_VERSION),
        };
        let mut url = Url::parse(&place).map_err(|error| Error::Setting {
            setting: "metadata_host",
            problem: format!("is no URL: {error}"),
            remedy: "give an address such as http://169.254.169.254".to_owned(),
        })?;
        let mut query = url.query_pairs_mut();
        query.append_pair("api-version", version);
        query.append_pair("resource", resource);
        if let Some(client_id) = &self.client_id {
            query.append_pair("client_id", client_id);
        }
        drop(query);
        Ok(url.into())
    }
}

fn token(answer: &Answer) -> Result<Token> {
    let token: TokenAnswer = answer.json(SYSTEM)?;
    let seconds = match &token.expires_on {
        Json::Number(number) => number.as_i64(),
        Json::String(text) => text.parse().ok(),
        _ => None,
    };
    Ok(Token {
        value: Secret::from(token.access_token),
        expires: seconds.and_then(|seconds| Timestamp::from_second(seconds).ok()),
    })
}

fn description(answer: &Answer) -> String {
    let answered: Json = answer.json(SYSTEM).unwrap_or_default();
    ["error_description", "message", "error"]
        .iter()
        .find_map(|field| answered.get(field).and_then(Json::as_str))
        .map_or_else(|| format!("status {}", answer.status), str::to_owned)
}
