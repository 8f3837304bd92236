//! Who coffer is for Google: where credentials come from and what kind they are.

mod exchange;
mod file;

use coffer_vault::Secret;

use self::file::CredentialFile;
use super::SYSTEM;
use super::settings::GoogleSettings;
use crate::error::{Error, Result};
use crate::http::{Client, Token, TokenCache};

/// What Google calls the right to use its cloud; what is allowed is up to IAM.
const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";
const NONE_FOUND: &str = "set GOOGLE_CREDENTIALS or GOOGLE_APPLICATION_CREDENTIALS, or run `gcloud auth application-default login`";

/// Where access tokens come from.
pub(super) struct Credentials {
    source: Source,
    impersonation: Option<Impersonation>,
    client: Client,
    cache: TokenCache,
}

enum Source {
    Given(Secret),
    File(Box<CredentialFile>),
    /// The server that machines in Google's cloud ask; its host.
    Metadata(String),
}

/// Acting as a service account.
struct Impersonation {
    url: String,
    delegates: Vec<String>,
}

impl Credentials {
    /// Chooses the credentials as Google's own libraries do: what is set, then the file of `gcloud`, then the
    /// metadata server. Opens no connection.
    ///
    /// # Errors
    /// Where the credentials that are set cannot be read.
    pub(super) fn new(settings: &GoogleSettings, client: Client) -> Result<Self> {
        let source = if let Some(token) = &settings.access_token {
            Source::Given(token.clone())
        } else if let Some(credentials) = &settings.credentials {
            Source::File(Box::new(CredentialFile::read(credentials)?))
        } else if let Some(path) = settings
            .default_credentials
            .as_ref()
            .filter(|path| path.is_file())
        {
            Source::File(Box::new(CredentialFile::open(path)?))
        } else {
            let host = settings.metadata_host.as_deref();
            Source::Metadata(host.unwrap_or("metadata.google.internal").to_owned())
        };
        let impersonation = settings
            .impersonate_service_account
            .as_ref()
            .map(|account| Impersonation {
                url: exchange::impersonation_url(account),
                delegates: settings.impersonate_delegates.clone(),
            });
        Ok(Self {
            source,
            impersonation,
            client,
            cache: TokenCache::default(),
        })
    }

    /// A token that is good for at least two minutes.
    pub(super) async fn token(&self) -> Result<Secret> {
        self.cache.get(self.fetch()).await
    }

    /// Has the next token fetched anew, where `refused` is the one that is kept. A token that was given stays.
    pub(super) async fn forget(&self, refused: &Secret) {
        self.cache.forget(refused).await;
    }

    /// The project that the credentials belong to, where they say so.
    pub(super) async fn project(&self) -> Result<Option<String>> {
        match &self.source {
            Source::Given(_) => Ok(None),
            Source::File(file) => Ok(file.project().map(str::to_owned)),
            Source::Metadata(host) => exchange::metadata_project(&self.client, host)
                .await
                .map(Some),
        }
    }

    /// The project that the credentials' file says quota goes to.
    pub(super) fn quota_project(&self) -> Option<&str> {
        match &self.source {
            Source::File(file) => file.quota_project(),
            _ => None,
        }
    }

    async fn fetch(&self) -> Result<Token> {
        let token = match &self.source {
            Source::Given(token) => Token {
                value: token.clone(),
                expires: None,
            },
            Source::File(file) => file.token(&self.client).await?,
            Source::Metadata(host) => exchange::metadata_token(&self.client, host).await?,
        };
        match &self.impersonation {
            None => Ok(token),
            Some(to) => {
                exchange::impersonate(&self.client, &token.value, &to.url, &to.delegates).await
            }
        }
    }
}

/// A login that did not work.
fn login(said: impl Into<String>, remedy: &str) -> Error {
    Error::Login {
        system: SYSTEM,
        said: said.into(),
        remedy: remedy.to_owned(),
    }
}
