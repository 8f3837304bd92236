//! The settings of the `aws` block.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use coffer_vault::Secret;

/// How AWS is reached and as whom. What is not set comes from where every AWS tool takes it: `AWS_*` variables, the
/// shared files, single sign-on, and the metadata services of containers and instances.
#[derive(Clone, Default)]
pub struct AwsSettings {
    /// The region, such as `eu-central-1`.
    pub region: Option<String>,
    /// The profile in the shared files.
    pub profile: Option<String>,
    /// Files in place of `~/.aws/config`.
    pub shared_config_files: Vec<PathBuf>,
    /// Files in place of `~/.aws/credentials`.
    pub shared_credentials_files: Vec<PathBuf>,
    /// The URL of the service itself, such as that of a VPC endpoint.
    pub endpoint: Option<String>,
    /// The URL of the Security Token Service, which hands out the credentials of roles.
    pub sts_endpoint: Option<String>,
    /// Whether to use the endpoints that FIPS 140 is kept at.
    pub use_fips: Option<bool>,
    /// Whether to use the endpoints that speak IPv6, too.
    pub use_dualstack: Option<bool>,
    /// The id of an access key. Goes with [`AwsSettings::secret_key`].
    pub access_key: Option<String>,
    /// The secret of that access key.
    pub secret_key: Option<Secret>,
    /// The session's token, where the access key is a temporary one.
    pub session_token: Option<Secret>,
    /// A token of an identity provider, exchanged for the credentials of a role.
    pub web_identity: Option<WebIdentity>,
    /// Roles taken one after the other, each with the credentials of the one before.
    pub assume_role: Vec<AssumeRole>,
    /// The key that new secrets are encrypted with: an id, an ARN or an alias. The account's own key unless set.
    pub kms_key_id: Option<String>,
    /// The tier of parameters that are written: `Standard`, `Advanced` or `Intelligent-Tiering`, which is the one
    /// unless set. Secrets Manager has none.
    pub tier: Option<String>,
    /// How often a request is sent before the store gives up, the first time included.
    pub max_attempts: Option<u32>,
    /// How long one attempt may take. 15 seconds unless set.
    pub attempt_limit: Option<Duration>,
    /// How long a call may take with all its attempts and the pauses between them. 60 seconds unless set.
    pub call_limit: Option<Duration>,
}

/// A role to take.
#[derive(Clone, Default)]
pub struct AssumeRole {
    /// The role's ARN.
    pub role_arn: String,
    /// What the session is called in the records of the account. `coffer` unless set.
    pub session_name: Option<String>,
    /// The id that the role's trust policy asks for.
    pub external_id: Option<String>,
    /// How long the session lasts, in seconds. One hour unless set.
    pub duration: Option<i32>,
    /// A policy in JSON that the session is narrowed to.
    pub policy: Option<String>,
    /// ARNs of managed policies that the session is narrowed to.
    pub policy_arns: Vec<String>,
    /// Tags of the session.
    pub tags: BTreeMap<String, String>,
    /// The tags that stay when the session takes a further role.
    pub transitive_tag_keys: Vec<String>,
}

/// A role to take with a token of an identity provider.
#[derive(Clone)]
pub struct WebIdentity {
    /// The role's ARN.
    pub role_arn: String,
    /// What the session is called in the records of the account. `coffer` unless set.
    pub session_name: Option<String>,
    /// How long the session lasts, in seconds. One hour unless set.
    pub duration: Option<i32>,
    /// A policy in JSON that the session is narrowed to.
    pub policy: Option<String>,
    /// ARNs of managed policies that the session is narrowed to.
    pub policy_arns: Vec<String>,
    /// The token.
    pub token: WebIdentityToken,
}

/// Where the identity provider's token is.
#[derive(Clone)]
pub enum WebIdentityToken {
    /// Here.
    Given(Secret),
    /// In a file, which is read again whenever the credentials are renewed.
    File(PathBuf),
}
