//! The calls of Secret Manager's REST interface, version 1.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use coffer_vault::{Secret as Value, SecretName, VersionSelector};
use reqwest::{Method, Url};
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};
use zeroize::Zeroizing;

use super::SYSTEM;
use super::checksum::crc32c;
use super::credentials::Credentials;
use super::wire::{Access, Failure, Secret, Secrets, Version, Versions, number};
use crate::error::{Error, Result};
use crate::http::{Answer, Call, Client};

/// How many secrets or versions a page has.
const PAGE: &str = "250";

/// The connection to one project, or one location of it.
pub(super) struct Api {
    pub(super) client: Client,
    pub(super) credentials: Credentials,
    /// `https://secretmanager.googleapis.com/v1`.
    pub(super) base: String,
    /// `projects/P`, or `projects/P/locations/L`.
    pub(super) parent: String,
    pub(super) quota_project: Option<String>,
}

/// Why a call did not do what was asked.
pub(super) enum Fault {
    NotFound(String),
    /// It exists already, or another one has changed it in the meantime.
    Conflict(String),
    /// It is not in a state for this: a disabled version, an etag that is over.
    Precondition(String),
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
            (Self::NotFound(_), None) => Error::NotFound {
                system: SYSTEM,
                name: name.clone(),
            },
            (Self::NotFound(_), Some(selector)) => Error::NoSuchVersion {
                system: SYSTEM,
                name: name.clone(),
                selector,
            },
            (Self::Conflict(said) | Self::Precondition(said), _) => Error::Conflict {
                system: SYSTEM,
                name: name.clone(),
                expected: "what was read before".to_owned(),
                found: said,
            },
        }
    }
}

type Called<T> = Result<T, Fault>;

impl Api {
    fn url(&self, path: &str, query: &[(&str, &str)]) -> Result<String> {
        let mut url =
            Url::parse(&format!("{}/{path}", self.base)).map_err(|error| Error::Setting {
                setting: "endpoint",
                problem: format!("is no URL: {error}"),
                remedy: "give an address such as https://secretmanager.googleapis.com".to_owned(),
            })?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url.into())
    }

    /// Sends a call, once more with a new token where the token is refused.
    async fn send(&self, call: Call) -> Called<Answer> {
        let mut renewed = false;
        loop {
            let token = self.credentials.token().await?;
            let mut call = call.clone().bearer(&token);
            if let Some(project) = &self.quota_project {
                call = call.header("x-goog-user-project", project);
            }
            let answer = self.client.send(&call).await?;
            if answer.status == 401 && !renewed {
                renewed = true;
                self.credentials.forget(&token).await;
                continue;
            }
            if answer.is_success() {
                return Ok(answer);
            }
            return Err(fault(&answer, call.is_repeatable()));
        }
    }

    async fn read<T: DeserializeOwned>(&self, path: &str, query: &[(&str, &str)]) -> Called<T> {
        let answer = self.send(Call::get(self.url(path, query)?)).await?;
        Ok(answer.json(SYSTEM)?)
    }

    async fn write<T: DeserializeOwned>(&self, call: Call, body: &Json) -> Called<T> {
        let body = Value::from(body.to_string());
        let answer = self.send(call.body("application/json", body)).await?;
        Ok(answer.json(SYSTEM)?)
    }

    fn secret_path(&self, id: &str) -> String {
        format!("{}/secrets/{id}", self.parent)
    }

    pub(super) async fn secret(&self, id: &str) -> Called<Secret> {
        self.read(&self.secret_path(id), &[]).await
    }

    /// A version by its number or alias; `latest` is the newest.
    pub(super) async fn version(&self, id: &str, which: &str) -> Called<Version> {
        let path = format!("{}/versions/{which}", self.secret_path(id));
        self.read(&path, &[]).await
    }

    /// All versions, the newest first.
    pub(super) async fn versions(&self, id: &str) -> Called<Vec<Version>> {
        let path = format!("{}/versions", self.secret_path(id));
        let mut found = Vec::new();
        let mut page = String::new();
        loop {
            let query = [("pageSize", PAGE), ("pageToken", page.as_str())];
            let part: Versions = self.read(&path, &query).await?;
            found.extend(part.versions);
            if part.next_page_token.is_empty() || part.next_page_token == page {
                return Ok(found);
            }
            page = part.next_page_token;
        }
    }

    /// All secrets whose id has `part` in it.
    pub(super) async fn secrets(&self, part: &str) -> Called<Vec<Secret>> {
        let path = format!("{}/secrets", self.parent);
        let filter = if part.is_empty() {
            String::new()
        } else {
            format!("name:{part}")
        };
        let mut found = Vec::new();
        let mut page = String::new();
        loop {
            let mut query = vec![("pageSize", PAGE), ("pageToken", page.as_str())];
            if !filter.is_empty() {
                query.push(("filter", filter.as_str()));
            }
            let part: Secrets = self.read(&path, &query).await?;
            found.extend(part.secrets);
            if part.next_page_token.is_empty() || part.next_page_token == page {
                return Ok(found);
            }
            page = part.next_page_token;
        }
    }

    /// A version's number and value, whose checksum is compared.
    pub(super) async fn access(&self, id: &str, which: &str) -> Called<(u64, Value)> {
        let path = format!("{}/versions/{which}:access", self.secret_path(id));
        let answer = self.send(Call::get(self.url(&path, &[])?)).await?;
        let access: Access<'_> = answer.json(SYSTEM)?;
        let unexpected = |said: String| Error::Unexpected {
            system: SYSTEM,
            said,
        };
        let number = number(&access.name)
            .ok_or_else(|| unexpected("a version without a number".to_owned()))?;
        let value = STANDARD
            .decode(access.payload.data.as_bytes())
            .map(Value::new)
            .map_err(|_| unexpected(format!("the value of version {number} is no base64")))?;
        let computed = crc32c(value.danger_expose()).to_string();
        match access.payload.data_crc32c {
            Some(sent) if sent != computed => Err(unexpected(format!(
                "the value of version {number} did not arrive whole: its checksum is {computed} and not {sent}"
            ))
            .into()),
            _ => Ok((number, value)),
        }
    }

    pub(super) async fn create(&self, id: &str, secret: &Json) -> Called<Secret> {
        let url = self.url(&format!("{}/secrets", self.parent), &[("secretId", id)])?;
        self.write(Call::new(Method::POST, url), secret).await
    }

    /// Changes the fields of `mask`, only if the secret still has the etag that `secret` has.
    pub(super) async fn patch(&self, id: &str, mask: &str, secret: &Json) -> Called<Secret> {
        let url = self.url(&self.secret_path(id), &[("updateMask", mask)])?;
        self.write(Call::new(Method::PATCH, url).once(), secret)
            .await
    }

    /// Adds a version. A lost answer is [`Error::OutcomeUnknown`].
    pub(super) async fn add_version(&self, id: &str, value: &Value) -> Called<Version> {
        let url = self.url(&format!("{}:addVersion", self.secret_path(id)), &[])?;
        let checksum = crc32c(value.danger_expose());
        let data = Zeroizing::new(STANDARD.encode(value.danger_expose()));
        // Base64 needs no escaping. The pieces are joined at once, so that no smaller buffer with the value is left.
        let body = [
            r#"{"payload":{"data":""#,
            data.as_str(),
            r#"","dataCrc32c":""#,
            &checksum.to_string(),
            r#""}}"#,
        ]
        .concat();
        let call = Call::new(Method::POST, url)
            .once()
            .body("application/json", Value::from(body));
        Ok(self.send(call).await?.json(SYSTEM)?)
    }

    /// Changes a version's state: `enable`, `disable` or `destroy`, only if it still has this etag.
    pub(super) async fn change_version(
        &self,
        id: &str,
        number: u64,
        what: &str,
        etag: &str,
    ) -> Called<Version> {
        let path = format!("{}/versions/{number}:{what}", self.secret_path(id));
        let url = self.url(&path, &[])?;
        let body = if etag.is_empty() {
            json!({})
        } else {
            json!({ "etag": etag })
        };
        self.write(Call::new(Method::POST, url), &body).await
    }

    pub(super) async fn delete(&self, id: &str) -> Called<()> {
        let url = self.url(&self.secret_path(id), &[])?;
        self.send(Call::new(Method::DELETE, url)).await.map(|_| ())
    }
}

fn fault(answer: &Answer, repeatable: bool) -> Fault {
    let failure: Failure = answer.json(SYSTEM).unwrap_or_else(|_| Failure {
        error: super::wire::Status::default(),
    });
    let said = if failure.error.message.is_empty() {
        format!("status {}", answer.status)
    } else {
        failure.error.message
    };
    let system = SYSTEM;
    match (answer.status, failure.error.status.as_str()) {
        (404, _) => Fault::NotFound(said),
        (409, _) => Fault::Conflict(said),
        (_, "FAILED_PRECONDITION") => Fault::Precondition(said),
        (401, _) => Fault::Other(Error::Login {
            system,
            said,
            remedy: "check the credentials; an access token lasts an hour".to_owned(),
        }),
        (403, _) => Fault::Other(Error::Denied { system, said }),
        (429, _) => Fault::Other(Error::Throttled { system, said }),
        (500.., _) | (408, _) if !repeatable => {
            Fault::Other(Error::OutcomeUnknown { system, said })
        }
        (500.., _) | (408, _) => Fault::Other(Error::Unavailable { system, said }),
        _ => Fault::Other(Error::Invalid { system, said }),
    }
}
