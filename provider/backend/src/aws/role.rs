//! Credentials of roles.

use std::fmt;
use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{self, ProvideCredentials, future};
use aws_sdk_sts::types::{Credentials as Issued, PolicyDescriptorType, Tag};

use super::settings::{AssumeRole, WebIdentity, WebIdentityToken};

/// What a session is called in the account's records unless a setting says otherwise.
const SESSION_NAME: &str = "coffer";

/// The credentials of a role that is taken with other credentials: those of the client.
pub(super) struct AssumedRole {
    client: aws_sdk_sts::Client,
    role: AssumeRole,
}

impl AssumedRole {
    pub(super) fn new(client: aws_sdk_sts::Client, role: AssumeRole) -> Self {
        Self { client, role }
    }

    async fn credentials(&self) -> provider::Result {
        let role = &self.role;
        let tags = role
            .tags
            .iter()
            .map(|(key, value)| Tag::builder().key(key).value(value).build())
            .collect::<Result<Vec<_>, _>>()
            .map_err(CredentialsError::invalid_configuration)?;
        let answer = self
            .client
            .assume_role()
            .role_arn(&role.role_arn)
            .role_session_name(role.session_name.as_deref().unwrap_or(SESSION_NAME))
            .set_external_id(role.external_id.clone())
            .set_duration_seconds(role.duration)
            .set_policy(role.policy.clone())
            .set_policy_arns(policies(&role.policy_arns))
            .set_tags(Some(tags).filter(|tags| !tags.is_empty()))
            .set_transitive_tag_keys(given(&role.transitive_tag_keys))
            .send()
            .await
            .map_err(CredentialsError::provider_error)?;
        issued(answer.credentials, "AssumeRole")
    }
}

/// The credentials of a role that is taken with a token of an identity provider.
pub(super) struct WebIdentityRole {
    client: aws_sdk_sts::Client,
    identity: WebIdentity,
}

impl WebIdentityRole {
    pub(super) fn new(client: aws_sdk_sts::Client, identity: WebIdentity) -> Self {
        Self { client, identity }
    }

    async fn credentials(&self) -> provider::Result {
        let identity = &self.identity;
        let token = match &identity.token {
            WebIdentityToken::Given(token) => token
                .danger_expose_str()
                .map_err(|_| CredentialsError::invalid_configuration("the token is no text"))?
                .to_owned(),
            WebIdentityToken::File(path) => {
                let text = std::fs::read_to_string(path).map_err(|error| {
                    CredentialsError::invalid_configuration(format!(
                        "the token file {} cannot be read: {error}",
                        path.display()
                    ))
                })?;
                text.trim().to_owned()
            }
        };
        let answer = self
            .client
            .assume_role_with_web_identity()
            .role_arn(&identity.role_arn)
            .role_session_name(identity.session_name.as_deref().unwrap_or(SESSION_NAME))
            .set_duration_seconds(identity.duration)
            .set_policy(identity.policy.clone())
            .set_policy_arns(policies(&identity.policy_arns))
            .web_identity_token(token)
            .send()
            .await
            .map_err(CredentialsError::provider_error)?;
        issued(answer.credentials, "AssumeRoleWithWebIdentity")
    }
}

fn given(texts: &[String]) -> Option<Vec<String>> {
    Some(texts.to_vec()).filter(|texts| !texts.is_empty())
}

fn policies(arns: &[String]) -> Option<Vec<PolicyDescriptorType>> {
    let policies = arns
        .iter()
        .map(|arn| PolicyDescriptorType::builder().arn(arn).build());
    Some(policies.collect::<Vec<_>>()).filter(|policies| !policies.is_empty())
}

fn issued(issued: Option<Issued>, operation: &'static str) -> provider::Result {
    let issued = issued
        .ok_or_else(|| CredentialsError::unhandled(format!("{operation} gave no credentials")))?;
    let expires =
        SystemTime::try_from(issued.expiration).map_err(CredentialsError::provider_error)?;
    Ok(Credentials::new(
        issued.access_key_id,
        issued.secret_access_key,
        Some(issued.session_token),
        Some(expires),
        operation,
    ))
}

// Neither credentials nor tokens are shown.
impl fmt::Debug for AssumedRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AssumedRole({})", self.role.role_arn)
    }
}

impl fmt::Debug for WebIdentityRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WebIdentityRole({})", self.identity.role_arn)
    }
}

impl ProvideCredentials for AssumedRole {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.credentials())
    }
}

impl ProvideCredentials for WebIdentityRole {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.credentials())
    }
}
