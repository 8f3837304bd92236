//! The requests that give access tokens.

use coffer_vault::{Secret, Timestamp};
use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

use super::{NONE_FOUND, SCOPE, login};
use crate::error::{Error, Result};
use crate::google::SYSTEM;
use crate::http::{Answer, Call, Client, FORM, Token, form};

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    #[serde(default = "an_hour")]
    expires_in: i64,
}

fn an_hour() -> i64 {
    3600
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ImpersonationAnswer {
    access_token: String,
    expire_time: Timestamp,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Failure {
    /// As OAuth 2.0 has it.
    Flat {
        error: String,
        #[serde(default)]
        error_description: String,
    },
    /// As Google's services have it.
    Nested { error: NestedFailure },
}

#[derive(Deserialize)]
struct NestedFailure {
    message: String,
}

/// Asks a token endpoint by a form.
pub(super) async fn ask(client: &Client, url: &str, fields: &[(&str, &[u8])]) -> Result<Token> {
    let call = Call::new(Method::POST, url).body(FORM, form(fields));
    let answer = client.send(&call).await?;
    token(
        &answer,
        "check the credentials, the time of this machine, and what they are allowed",
    )
}

fn token(answer: &Answer, remedy: &str) -> Result<Token> {
    if !answer.is_success() {
        return Err(refused(answer, remedy));
    }
    let token: TokenAnswer = answer.json(SYSTEM)?;
    Ok(Token::lasting(
        Secret::from(token.access_token),
        token.expires_in,
    ))
}

fn refused(answer: &Answer, remedy: &str) -> Error {
    let said = match answer.json(SYSTEM) {
        Ok(Failure::Flat {
            error,
            error_description,
        }) if error_description.is_empty() => error,
        Ok(Failure::Flat {
            error,
            error_description,
        }) => format!("{error}: {error_description}"),
        Ok(Failure::Nested { error }) => error.message,
        Err(_) => format!("status {}", answer.status),
    };
    if answer.status >= 500 || answer.status == 429 {
        return Error::Unavailable {
            system: SYSTEM,
            said: format!("the login: {said}"),
        };
    }
    login(said, remedy)
}

/// Where a token of `account` is asked for.
pub(super) fn impersonation_url(account: &str) -> String {
    format!(
        "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{account}:generateAccessToken"
    )
}

/// A token of the service account behind `url`, for the identity of `token`.
pub(super) async fn impersonate(
    client: &Client,
    token: &Secret,
    url: &str,
    delegates: &[String],
) -> Result<Token> {
    let delegates: Vec<String> = delegates
        .iter()
        .map(|account| format!("projects/-/serviceAccounts/{account}"))
        .collect();
    let body = json!({ "scope": [SCOPE], "lifetime": "3600s", "delegates": delegates });
    let call = Call::new(Method::POST, url)
        .bearer(token)
        .body("application/json", Secret::from(body.to_string()));
    let answer = client.send(&call).await?;
    if !answer.is_success() {
        return Err(refused(
            &answer,
            "grant roles/iam.serviceAccountTokenCreator on the service account to the identity that is logged in",
        ));
    }
    let token: ImpersonationAnswer = answer.json(SYSTEM)?;
    Ok(Token {
        value: Secret::from(token.access_token),
        expires: Some(token.expire_time),
    })
}

async fn metadata(client: &Client, host: &str, path: &str) -> Result<Answer> {
    let url = format!("http://{host}/computeMetadata/v1/{path}");
    let call = Call::get(url).header("metadata-flavor", "Google");
    match client.send(&call).await {
        Ok(answer) if answer.header("metadata-flavor") == Some("Google") || answer.is_success() => {
            Ok(answer)
        }
        Ok(answer) => Err(login(
            format!(
                "what answers as the metadata server is none (status {})",
                answer.status
            ),
            NONE_FOUND,
        )),
        Err(error) => Err(login(
            format!("there are no credentials, and no metadata server: {error}"),
            NONE_FOUND,
        )),
    }
}

/// A token of the machine's service account.
pub(super) async fn metadata_token(client: &Client, host: &str) -> Result<Token> {
    let answer = metadata(client, host, "instance/service-accounts/default/token").await?;
    token(&answer, "give the machine a service account")
}

/// The machine's project.
pub(super) async fn metadata_project(client: &Client, host: &str) -> Result<String> {
    let answer = metadata(client, host, "project/project-id").await?;
    match std::str::from_utf8(&answer.body) {
        Ok(project) if answer.is_success() => Ok(project.trim().to_owned()),
        _ => Err(login("the metadata server names no project", "set project")),
    }
}
