//! From settings to a configured SDK.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use coffer_vault::Secret;

use super::role::{AssumedRole, WebIdentityRole};
use super::settings::AwsSettings;
use crate::error::{Error, Result};

/// How long a connection may take to be made.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// How long one attempt may take.
const ATTEMPT_LIMIT: Duration = Duration::from_secs(15);
/// How long a call may take with all its attempts and the pauses between them.
pub(super) const CALL_LIMIT: Duration = Duration::from_secs(60);
/// How often a request is sent at most, unless the settings or the environment say otherwise.
pub(super) const ATTEMPTS: u32 = 5;

/// Reads what the SDK reads: variables and shared files. Sends nothing; credentials are fetched at the first call.
pub(super) async fn load(settings: &AwsSettings) -> Result<SdkConfig> {
    let mut loader = aws_config::defaults(BehaviorVersion::latest()).timeout_config(
        TimeoutConfig::builder()
            .connect_timeout(CONNECT_LIMIT)
            .operation_attempt_timeout(settings.attempt_limit.unwrap_or(ATTEMPT_LIMIT))
            .operation_timeout(settings.call_limit.unwrap_or(CALL_LIMIT))
            .build(),
    );
    if let Some(region) = &settings.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(profile) = &settings.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(files) = profile_files(settings) {
        loader = loader.profile_files(files);
    }
    if let Some(fips) = settings.use_fips {
        loader = loader.use_fips(fips);
    }
    if let Some(dualstack) = settings.use_dualstack {
        loader = loader.use_dual_stack(dualstack);
    }
    if let Some(retries) = retries(settings) {
        loader = loader.retry_config(retries);
    }
    if let Some(credentials) = access_key(settings)? {
        loader = loader.credentials_provider(credentials);
    }
    let config = loader.load().await;
    if config.region().is_none() {
        return Err(Error::Setting {
            setting: "aws.region",
            problem: "is not set, nor does the environment or a profile name a region".to_owned(),
            remedy: "set region in the aws block, or AWS_REGION".to_owned(),
        });
    }
    Ok(with_roles(config, settings))
}

/// The files of the settings; of a kind that has none, those of every AWS tool.
fn profile_files(settings: &AwsSettings) -> Option<EnvConfigFiles> {
    let (configs, credentials) = (
        &settings.shared_config_files,
        &settings.shared_credentials_files,
    );
    if configs.is_empty() && credentials.is_empty() {
        return None;
    }
    let mut files = EnvConfigFiles::builder()
        .include_default_config_file(configs.is_empty())
        .include_default_credentials_file(credentials.is_empty());
    for path in configs {
        files = files.with_file(EnvConfigFileKind::Config, path);
    }
    for path in credentials {
        files = files.with_file(EnvConfigFileKind::Credentials, path);
    }
    Some(files.build())
}

fn retries(settings: &AwsSettings) -> Option<RetryConfig> {
    let told_otherwise = ["AWS_MAX_ATTEMPTS", "AWS_RETRY_MODE"]
        .iter()
        .any(|variable| std::env::var_os(variable).is_some());
    match settings.max_attempts {
        Some(attempts) => Some(RetryConfig::standard().with_max_attempts(attempts.max(1))),
        None if told_otherwise => None,
        None => Some(RetryConfig::standard().with_max_attempts(ATTEMPTS)),
    }
}

fn access_key(settings: &AwsSettings) -> Result<Option<Credentials>> {
    let text = |secret: &Secret, setting: &'static str| {
        let text = secret.danger_expose_str().map_err(|_| Error::Setting {
            setting,
            problem: "is no text".to_owned(),
            remedy: "give it as AWS wrote it".to_owned(),
        })?;
        Ok::<_, Error>(text.to_owned())
    };
    let (id, secret) = match (&settings.access_key, &settings.secret_key) {
        (None, None) => return Ok(None),
        (Some(id), Some(secret)) => (id, secret),
        (id, _) => {
            return Err(Error::Setting {
                setting: if id.is_some() {
                    "aws.secret_key"
                } else {
                    "aws.access_key"
                },
                problem: "is missing".to_owned(),
                remedy: "give access_key and secret_key together, or neither".to_owned(),
            });
        }
    };
    let session_token = match &settings.session_token {
        Some(token) => Some(text(token, "aws.session_token")?),
        None => None,
    };
    let secret = text(secret, "aws.secret_key")?;
    Ok(Some(Credentials::new(
        id,
        secret,
        session_token,
        None,
        "coffer's settings",
    )))
}

/// The configuration with the credentials of the last role in place of those that take the first.
fn with_roles(mut config: SdkConfig, settings: &AwsSettings) -> SdkConfig {
    if let Some(identity) = &settings.web_identity {
        let provider = WebIdentityRole::new(sts(&config, settings), identity.clone());
        config = with_credentials(&config, SharedCredentialsProvider::new(provider));
    }
    for role in &settings.assume_role {
        let provider = AssumedRole::new(sts(&config, settings), role.clone());
        config = with_credentials(&config, SharedCredentialsProvider::new(provider));
    }
    config
}

fn with_credentials(config: &SdkConfig, credentials: SharedCredentialsProvider) -> SdkConfig {
    config
        .to_builder()
        .credentials_provider(credentials)
        .build()
}

fn sts(config: &SdkConfig, settings: &AwsSettings) -> aws_sdk_sts::Client {
    let mut config = aws_sdk_sts::config::Builder::from(config);
    if let Some(url) = &settings.sts_endpoint {
        config = config.endpoint_url(url);
    }
    aws_sdk_sts::Client::from_conf(config.build())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_endpoints_of_fips_and_ipv6_are_asked_for() {
        let settings = AwsSettings {
            region: Some("us-east-1".to_owned()),
            use_fips: Some(true),
            use_dualstack: Some(true),
            ..AwsSettings::default()
        };
        let config = load(&settings).await.unwrap();
        assert_eq!(config.use_fips(), Some(true));
        assert_eq!(config.use_dual_stack(), Some(true));
    }
}
