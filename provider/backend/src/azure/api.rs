//! The calls of Key Vault's REST interface for secrets.

use coffer_vault::{Secret, SecretName, Timestamp, VersionSelector};
use jiff::fmt::rfc2822;
use reqwest::{Method, Url};
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use tokio::sync::Mutex;

use super::challenge::Challenge;
use super::credentials::Credentials;
use super::view::not_found;
use super::wire::{Deleted, Failure, Item, Page, Value};
use super::{SYSTEM, value};
use crate::error::{Error, Result};
use crate::http::{Answer, Call, Client};

/// The version of the interface that every cloud has.
const VERSION: &str = "7.4";
/// How many secrets or versions a page has: the most that the service gives.
const PAGE: &str = "25";
/// The most pages of a list; one that goes on is none.
const MOST_PAGES: usize = 10_000;

/// The connection to one vault.
pub(super) struct Api {
    client: Client,
    credentials: Credentials,
    /// `https://my-vault.vault.azure.net`.
    vault: String,
    host: String,
    /// What the vault asks of tokens, once it was asked.
    challenge: Mutex<Option<Challenge>>,
}

/// Why a call did not do what was asked.
#[derive(Debug)]
pub(super) enum Fault {
    NotFound,
    /// The newest version is disabled, or the one that was named.
    Disabled,
    /// The secret is deleted, or about to be deleted, recovered or purged; the service's code and text.
    Conflict(String, String),
    Other(Error),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

impl Fault {
    /// The error, where nothing better is known.
    pub(super) fn about(self, name: &SecretName, which: Option<VersionSelector>) -> Error {
        match (self, which) {
            (Self::Other(error), _) => error,
            (Self::NotFound, None) => not_found(name),
            (Self::NotFound, Some(selector)) => Error::NoSuchVersion {
                system: SYSTEM,
                name: name.clone(),
                selector,
            },
            (Self::Disabled, which) => Error::Disabled {
                system: SYSTEM,
                name: name.clone(),
                version: match which {
                    Some(VersionSelector::Version(number)) => number,
                    _ => 0,
                },
            },
            (Self::Conflict(_, found), _) => Error::Conflict {
                system: SYSTEM,
                name: name.clone(),
                expected: "a secret that is neither deleted nor about to be".to_owned(),
                found,
            },
        }
    }

    /// Whether a deletion, a recovery or a removal is still under way.
    pub(super) fn is_passing(&self) -> bool {
        matches!(self, Self::Conflict(code, _) if code != "ObjectIsDeletedButRecoverable")
    }
}

type Called<T> = Result<T, Fault>;

impl Api {
    /// A connection that is made with the first call.
    pub(super) fn new(
        client: Client,
        credentials: Credentials,
        vault: String,
        host: String,
    ) -> Self {
        Self {
            client,
            credentials,
            vault,
            host,
            challenge: Mutex::default(),
        }
    }

    fn url(&self, path: &str, query: &[(&str, &str)]) -> Result<String> {
        let mut url =
            Url::parse(&format!("{}/{path}", self.vault)).map_err(|error| Error::Unexpected {
                system: SYSTEM,
                said: format!("an address that is none: {error}"),
            })?;
        url.query_pairs_mut()
            .append_pair("api-version", VERSION)
            .extend_pairs(query);
        Ok(url.into())
    }

    /// What the vault asks of tokens. A request without a token tells, so that no secret is sent before.
    async fn challenge(&self) -> Result<Challenge> {
        let mut known = self.challenge.lock().await;
        if let Some(challenge) = known.as_ref() {
            return Ok(challenge.clone());
        }
        let url = self.url("secrets", &[("maxresults", "1")])?;
        let answer = self.client.send(&Call::get(url)).await?;
        let challenge = match (answer.status, answer.header("www-authenticate")) {
            (401, Some(header)) => Challenge::read(header, &self.host)?,
            (429 | 500.., _) => {
                return Err(Error::Unavailable {
                    system: SYSTEM,
                    said: format!("status {}", answer.status),
                });
            }
            _ => {
                return Err(Error::Unexpected {
                    system: SYSTEM,
                    said: format!(
                        "status {} to a request without a token, and no challenge",
                        answer.status
                    ),
                });
            }
        };
        *known = Some(challenge.clone());
        Ok(challenge)
    }

    /// Sends a call; once more with a new token where the token is refused, which may be for another tenant by then.
    async fn send(&self, call: Call) -> Called<Answer> {
        let mut renewed = false;
        loop {
            let challenge = self.challenge().await?;
            let token = self.credentials.token(&challenge).await?;
            let answer = self.client.send(&call.clone().bearer(&token)).await?;
            if answer.status == 401 && !renewed {
                renewed = true;
                if let Some(header) = answer.header("www-authenticate") {
                    let new = Challenge::read(header, &self.host)?;
                    *self.challenge.lock().await = Some(new);
                }
                self.credentials.forget(&token).await;
                continue;
            }
            if answer.is_success() {
                return Ok(answer);
            }
            return Err(fault(&answer, call.is_repeatable()));
        }
    }

    async fn read<T: DeserializeOwned>(&self, path: &str) -> Called<T> {
        let answer = self.send(Call::get(self.url(path, &[])?)).await?;
        Ok(answer.json(SYSTEM)?)
    }

    /// A version with its value; the newest where `version` is empty.
    pub(super) async fn get(&self, id: &str, version: &str) -> Called<(Item, Secret)> {
        let url = self.url(&format!("secrets/{id}/{version}"), &[])?;
        let answer = self.send(Call::get(url)).await?;
        let item = answer.json(SYSTEM)?;
        let value: Value<'_> = answer.json(SYSTEM)?;
        let value = value::unescape(value.value.get()).ok_or_else(|| Error::Unexpected {
            system: SYSTEM,
            said: "a value that is no text".to_owned(),
        })?;
        Ok((item, value))
    }

    /// Stores a version. A lost answer is [`Error::OutcomeUnknown`].
    pub(super) async fn set(&self, id: &str, value: &str, rest: &Json) -> Called<Item> {
        let url = self.url(&format!("secrets/{id}"), &[])?;
        let call = Call::new(Method::PUT, url)
            .once()
            .body("application/json", value::body(value, rest));
        match self.send(call).await {
            Ok(answer) => Ok(answer.json(SYSTEM)?),
            // The service's text must not repeat what it does not take.
            Err(Fault::Other(Error::Invalid { said, .. })) if said.contains(value) => {
                Err(Fault::Other(Error::Invalid {
                    system: SYSTEM,
                    said: "the value".to_owned(),
                }))
            }
            Err(fault) => Err(fault),
        }
    }

    /// Changes what `change` has of a version; what it has not stays.
    pub(super) async fn patch(&self, id: &str, version: &str, change: &Json) -> Called<Item> {
        let url = self.url(&format!("secrets/{id}/{version}"), &[])?;
        let call = Call::new(Method::PATCH, url)
            .body("application/json", Secret::from(change.to_string()));
        Ok(self.send(call).await?.json(SYSTEM)?)
    }

    /// All versions in no order, and the service's time.
    pub(super) async fn versions(&self, id: &str) -> Called<(Vec<Item>, Timestamp)> {
        self.list(&format!("secrets/{id}/versions")).await
    }

    /// All secrets that are not deleted, with what the newest version of each is.
    pub(super) async fn secrets(&self) -> Called<Vec<Item>> {
        Ok(self.list("secrets").await?.0)
    }

    async fn list(&self, path: &str) -> Called<(Vec<Item>, Timestamp)> {
        let mut url = self.url(path, &[("maxresults", PAGE)])?;
        let mut found = Vec::new();
        for _ in 0..MOST_PAGES {
            let answer = self.send(Call::get(url)).await?;
            let now = date(&answer);
            let page: Page = answer.json(SYSTEM)?;
            found.extend(page.value.unwrap_or_default());
            match page.next_link.filter(|link| !link.is_empty()) {
                None => return Ok((found, now)),
                Some(link) => url = self.next(&link, path)?,
            }
        }
        Err(Fault::Other(Error::Unexpected {
            system: SYSTEM,
            said: "a list without an end".to_owned(),
        }))
    }

    /// A page's successor, which the token goes to: it has to be a part of the same list.
    fn next(&self, link: &str, path: &str) -> Result<String> {
        let vault = Url::parse(&self.vault).ok().map(|url| url.origin());
        let next = Url::parse(link).ok();
        let is_ours = next.as_ref().is_some_and(|next| {
            // Names have the case there that they were first written in.
            Some(next.origin()) == vault && next.path().trim_matches('/').eq_ignore_ascii_case(path)
        });
        match next {
            Some(next) if is_ours => Ok(next.into()),
            _ => Err(Error::Unexpected {
                system: SYSTEM,
                said: "a list that goes on elsewhere".to_owned(),
            }),
        }
    }

    pub(super) async fn deleted(&self, id: &str) -> Called<Deleted> {
        self.read(&format!("deletedsecrets/{id}")).await
    }

    pub(super) async fn delete(&self, id: &str) -> Called<()> {
        let url = self.url(&format!("secrets/{id}"), &[])?;
        self.send(Call::new(Method::DELETE, url)).await.map(drop)
    }

    pub(super) async fn recover(&self, id: &str) -> Called<()> {
        let url = self.url(&format!("deletedsecrets/{id}/recover"), &[])?;
        self.send(Call::new(Method::POST, url)).await.map(drop)
    }

    pub(super) async fn purge(&self, id: &str) -> Called<()> {
        let url = self.url(&format!("deletedsecrets/{id}"), &[])?;
        self.send(Call::new(Method::DELETE, url)).await.map(drop)
    }
}

/// The service's time, or this machine's where it tells none.
fn date(answer: &Answer) -> Timestamp {
    answer
        .header("date")
        .and_then(|text| rfc2822::DateTimeParser::new().parse_timestamp(text).ok())
        .unwrap_or_else(Timestamp::now)
}

fn fault(answer: &Answer, repeatable: bool) -> Fault {
    let failure: Failure = answer.json(SYSTEM).unwrap_or_default();
    let code = failure.error.code().to_owned();
    let said = match failure.error.message.is_empty() {
        true => format!("status {}", answer.status),
        false => failure.error.message,
    };
    let system = SYSTEM;
    match answer.status {
        404 => Fault::NotFound,
        409 => Fault::Conflict(code, said),
        403 if code == "SecretDisabled" => Fault::Disabled,
        401 => Fault::Other(Error::Login {
            system,
            said,
            remedy: "check the credentials, and that they are of the vault's tenant".to_owned(),
        }),
        403 => Fault::Other(Error::Denied { system, said }),
        429 => Fault::Other(Error::Throttled { system, said }),
        408 | 500.. if !repeatable => Fault::Other(Error::OutcomeUnknown { system, said }),
        408 | 500.. => Fault::Other(Error::Unavailable { system, said }),
        _ => Fault::Other(Error::Invalid { system, said }),
    }
}
