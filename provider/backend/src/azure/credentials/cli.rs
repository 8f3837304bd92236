//! Whoever is logged in with Azure's command line.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use coffer_vault::{Secret, Timestamp};
use serde::Deserialize;
use tokio::process::Command;
use zeroize::Zeroizing;

use super::{Fetched, Refusal, login};
use crate::error::Error;
use crate::http::Token;

/// How long the command line may take; it is a large program.
const LIMIT: Duration = Duration::from_secs(60);
/// How long a token is taken to last where the command line says so only in the time of some place.
const UNKNOWN_LASTS: i64 = 300;

/// The command line.
pub(super) struct Cli {
    program: PathBuf,
}

/// What it prints.
#[derive(Deserialize)]
struct Printed {
    #[serde(rename = "accessToken")]
    access_token: String,
    /// Seconds since 1970; older ones do not print it.
    expires_on: Option<i64>,
}

impl Cli {
    /// `program`, or `az` of the program path.
    pub(super) fn new(program: Option<PathBuf>) -> Self {
        Self {
            program: program.unwrap_or_else(|| PathBuf::from("az")),
        }
    }

    /// A token for `resource`.
    pub(super) async fn token(&self, tenant: &str, resource: &str) -> Fetched {
        let output = Command::new(&self.program)
            .args(["account", "get-access-token", "--output", "json"])
            .args(["--resource", resource, "--tenant", tenant])
            .env("AZURE_CORE_NO_COLOR", "true")
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        let output = match tokio::time::timeout(LIMIT, output).await {
            Ok(Ok(output)) => output,
            Ok(Err(error)) if error.kind() == ErrorKind::NotFound => {
                return Err(Refusal::Absent("no Azure CLI".to_owned()));
            }
            Ok(Err(error)) => return Err(failed(error.to_string())),
            Err(_) => return Err(failed(format!("no answer within {} s", LIMIT.as_secs()))),
        };
        let printed = Zeroizing::new(output.stdout);
        if !output.status.success() {
            // Only what it prints as an error: the other may be a token.
            let said = String::from_utf8_lossy(&output.stderr);
            let said = said.lines().find(|line| !line.trim().is_empty());
            return Err(failed(said.unwrap_or("it says nothing").trim().to_owned()));
        }
        let printed: Printed = serde_json::from_slice(&printed)
            .map_err(|_| failed("it prints no token".to_owned()))?;
        let value = Secret::from(printed.access_token);
        Ok(match printed.expires_on.map(Timestamp::from_second) {
            Some(Ok(end)) => Token {
                value,
                expires: Some(end),
            },
            _ => Token::lasting(value, UNKNOWN_LASTS),
        })
    }
}

fn failed(said: String) -> Refusal {
    let error: Error = login(
        format!("the Azure CLI gives no token: {said}"),
        "run `az login`, with --tenant where the vault is in another tenant",
    );
    Refusal::Failed(error)
}
