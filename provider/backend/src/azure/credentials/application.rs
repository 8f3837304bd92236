//! Logging in as an application: a POST to the tenant's token endpoint, with a secret or a signed assertion.

use std::path::PathBuf;

use coffer_vault::Secret;
use reqwest::{Method, Url};
use serde::Deserialize;

use super::{certificate, login};
use crate::azure::SYSTEM;
use crate::azure::settings::AzureSettings;
use crate::error::{Error, Result};
use crate::http::{Answer, Call, Client, FORM, Token, form, is_guarded};

const JWT_BEARER: &[u8] = b"urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Whom a token of another system is for.
const AUDIENCE: &str = "api://AzureADTokenExchange";

/// An application.
pub(super) struct Application {
    pub(super) client: Client,
    /// `https://login.microsoftonline.com`.
    pub(super) authority: String,
    pub(super) client_id: String,
    pub(super) proof: Proof,
}

/// What shows that it is the application.
pub(super) enum Proof {
    Secret(Secret),
    /// A file with a certificate and its key.
    Certificate(PathBuf),
    /// Another system's token.
    Token(Secret),
    /// A file that holds such a token, and from time to time another one.
    TokenFile(PathBuf),
    /// Where a job of GitHub gets such a token, and with what.
    TokenRequest(String, Secret),
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    expires_in: i64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Failure {
    error: String,
    error_description: String,
}

/// What GitHub answers.
#[derive(Deserialize)]
struct RequestedToken {
    value: String,
}

impl Proof {
    /// Another system's token, where the settings lead to one.
    pub(super) fn federated(settings: &AzureSettings) -> Option<Self> {
        if let Some(token) = &settings.oidc_token {
            return Some(Self::Token(token.clone()));
        }
        if let Some(path) = &settings.oidc_token_file {
            return Some(Self::TokenFile(path.clone()));
        }
        let url = settings.oidc_request_url.clone()?;
        Some(Self::TokenRequest(
            url,
            settings.oidc_request_token.clone()?,
        ))
    }
}

impl Application {
    /// A token for `resource`.
    pub(super) async fn token(&self, tenant: &str, resource: &str) -> Result<Token> {
        let url = format!("{}/{tenant}/oauth2/v2.0/token", self.authority);
        let scope = format!("{resource}/.default");
        let assertion = match &self.proof {
            Proof::Secret(_) => None,
            Proof::Certificate(path) => Some(certificate::assertion(path, &self.client_id, &url)?),
            Proof::Token(token) => Some(token.clone()),
            Proof::TokenFile(path) => Some(read(path)?),
            Proof::TokenRequest(url, token) => Some(self.request(url, token).await?),
        };
        let mut fields: Vec<(&str, &[u8])> = vec![
            ("grant_type", b"client_credentials"),
            ("client_id", self.client_id.as_bytes()),
            ("scope", scope.as_bytes()),
        ];
        if let Some(assertion) = &assertion {
            fields.push(("client_assertion_type", JWT_BEARER));
            fields.push(("client_assertion", assertion.danger_expose()));
        } else if let Proof::Secret(secret) = &self.proof {
            fields.push(("client_secret", secret.danger_expose()));
        }
        let call = Call::new(Method::POST, url).body(FORM, form(&fields));
        let answer = self.client.send(&call).await?;
        if !answer.is_success() {
            return Err(refused(&answer));
        }
        let token: TokenAnswer = answer.json(SYSTEM)?;
        Ok(Token::lasting(
            Secret::from(token.access_token),
            token.expires_in,
        ))
    }

    /// Asks GitHub for a token of the job.
    async fn request(&self, url: &str, token: &Secret) -> Result<Secret> {
        let remedy = "give the job the permission `id-token: write`, and leave oidc_request_url and oidc_request_token as GitHub sets them";
        let mut parsed = Url::parse(url)
            .ok()
            .filter(|_| is_guarded(url))
            .ok_or_else(|| login("oidc_request_url is no https address", remedy))?;
        parsed.query_pairs_mut().append_pair("audience", AUDIENCE);
        let answer = self.client.send(&Call::get(parsed).bearer(token)).await?;
        if !answer.is_success() {
            let said = format!("the job gets no token: status {}", answer.status);
            return Err(login(said, remedy));
        }
        let token: RequestedToken = answer.json(SYSTEM)?;
        Ok(Secret::from(token.value))
    }
}

/// A token that stands in a file.
fn read(path: &PathBuf) -> Result<Secret> {
    let bytes = std::fs::read(path).map(Secret::new).map_err(|error| {
        login(
            format!("the token in {} cannot be read: {error}", path.display()),
            "check oidc_token_file_path, or AZURE_FEDERATED_TOKEN_FILE",
        )
    })?;
    Ok(Secret::copy_from(bytes.danger_expose().trim_ascii()))
}

fn refused(answer: &Answer) -> Error {
    let failure: Failure = answer.json(SYSTEM).unwrap_or_default();
    // What follows the first line are ids of the request.
    let said = failure.error_description.lines().next().unwrap_or_default();
    let said = match (said.is_empty(), failure.error.is_empty()) {
        (false, _) => said.to_owned(),
        (true, false) => failure.error,
        (true, true) => format!("status {}", answer.status),
    };
    if answer.status >= 500 || answer.status == 429 {
        return Error::Unavailable {
            system: SYSTEM,
            said: format!("the login: {said}"),
        };
    }
    login(
        said,
        "check tenant_id, client_id and what proves the application's identity: its secret, its certificate, or the federated credential",
    )
}
