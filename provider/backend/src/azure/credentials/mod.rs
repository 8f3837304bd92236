//! Who coffer is for Azure: the ways to log in, and which of them is taken.

mod application;
mod certificate;
mod cli;
mod managed;

use coffer_vault::Secret;
use tokio::sync::Mutex;

use self::application::{Application, Proof};
use self::cli::Cli;
use self::managed::Managed;
use super::SYSTEM;
use super::challenge::{Challenge, is_tenant};
use super::cloud::Place;
use super::settings::{AzureCredential, AzureSettings};
use crate::error::{Error, Result};
use crate::http::{Client, Token, TokenCache};

/// Where access tokens come from.
pub(super) struct Credentials {
    /// All that may work, in the order in which they are tried.
    sources: Vec<Source>,
    /// The one that worked, by its place in `sources`.
    chosen: Mutex<Option<usize>>,
    /// The tenant that logs in; the vault's where none is set.
    tenant: Option<String>,
    cache: TokenCache,
}

enum Source {
    Application(Application),
    Managed(Managed),
    Cli(Cli),
}

/// Why a source gave no token.
enum Refusal {
    /// It is not there: another one may be.
    Absent(String),
    /// It is there and refuses.
    Failed(Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

type Fetched = Result<Token, Refusal>;

impl Credentials {
    /// Chooses the credentials in the order of Azure's own libraries: a secret, a certificate, a token of another
    /// system, the machine's identity, the command line. Opens no connection.
    ///
    /// # Errors
    /// Where the way that is set lacks a setting.
    pub(super) fn new(settings: &AzureSettings, place: &Place, client: Client) -> Result<Self> {
        if let Some(tenant) = settings.tenant_id.as_deref().filter(|it| !is_tenant(it)) {
            return Err(Error::Setting {
                setting: "tenant_id",
                problem: format!("can be no tenant: {tenant:?}"),
                remedy: "give the id of the tenant, or one of its domains".to_owned(),
            });
        }
        let application = |proof: Option<Proof>| {
            let (proof, client_id) = (proof?, settings.client_id.clone()?);
            let client = client.clone();
            let authority = place.authority.clone();
            Some(Source::Application(Application {
                client,
                authority,
                client_id,
                proof,
            }))
        };
        let by_secret = || application(settings.client_secret.clone().map(Proof::Secret));
        let by_certificate =
            || application(settings.client_certificate.clone().map(Proof::Certificate));
        let by_token = || application(Proof::federated(settings));
        let managed = |is_only: bool| -> Result<Option<Source>> {
            Ok(Some(Source::Managed(Managed::new(settings, is_only)?)))
        };
        let cli = || Some(Source::Cli(Cli::new(settings.cli.clone())));
        let sources = match settings.credential {
            Some(way) => {
                let (source, needs) = match way {
                    AzureCredential::ClientSecret => (by_secret(), "client_id and client_secret"),
                    AzureCredential::ClientCertificate => {
                        (by_certificate(), "client_id and client_certificate_path")
                    }
                    AzureCredential::WorkloadIdentity => (
                        by_token(),
                        "client_id and one of oidc_token_file_path, oidc_token and oidc_request_url",
                    ),
                    AzureCredential::ManagedIdentity => (managed(true)?, ""),
                    AzureCredential::Cli => (cli(), ""),
                };
                let source = source.ok_or_else(|| Error::Setting {
                    setting: "credential",
                    problem: format!("needs {needs}"),
                    remedy: "set them, or choose another way to log in".to_owned(),
                })?;
                vec![source]
            }
            None => [
                by_secret(),
                by_certificate(),
                by_token(),
                managed(false)?,
                cli(),
            ]
            .into_iter()
            .flatten()
            .collect(),
        };
        Ok(Self {
            sources,
            chosen: Mutex::default(),
            tenant: settings.tenant_id.clone(),
            cache: TokenCache::default(),
        })
    }

    /// A token for what the challenge asks for, good for at least two minutes.
    pub(super) async fn token(&self, challenge: &Challenge) -> Result<Secret> {
        self.cache.get(self.fetch(challenge)).await
    }

    /// Has the next token fetched anew, where `refused` is the one that is kept.
    pub(super) async fn forget(&self, refused: &Secret) {
        self.cache.forget(refused).await;
    }

    async fn fetch(&self, challenge: &Challenge) -> Result<Token> {
        let mut chosen = self.chosen.lock().await;
        let mut absent = Vec::new();
        for (place, source) in self.sources.iter().enumerate() {
            if chosen.is_some_and(|chosen| chosen != place) {
                continue;
            }
            match source.token(challenge, self.tenant.as_deref()).await {
                Ok(token) => {
                    *chosen = Some(place);
                    return Ok(token);
                }
                Err(Refusal::Absent(why)) => absent.push(why),
                Err(Refusal::Failed(error)) => return Err(error),
            }
        }
        Err(login(
            format!("there are no credentials: {}", absent.join("; ")),
            "set client_id with client_secret, client_certificate_path or oidc_token_file_path (ARM_* or AZURE_*), give the machine a managed identity, or run `az login`",
        ))
    }
}

impl Source {
    async fn token(&self, challenge: &Challenge, tenant: Option<&str>) -> Fetched {
        match self {
            Self::Application(application) => {
                let tenant = tenant.unwrap_or(&challenge.tenant);
                Ok(application.token(tenant, &challenge.resource).await?)
            }
            Self::Managed(managed) => managed.token(&challenge.resource).await,
            // The command line knows its tenant; the vault's is asked for where it is another one.
            Self::Cli(cli) => {
                let tenant = tenant.unwrap_or(&challenge.tenant);
                cli.token(tenant, &challenge.resource).await
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
