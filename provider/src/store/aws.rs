//! `provider "coffer" { aws {} }`

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use coffer_backend::SecretStore;
use coffer_backend::aws::{
    AssumeRole, AwsSettings, ParameterStore, SecretsManager, WebIdentity, WebIdentityToken,
};
use coffer_plugin::{Diagnostic, Model, Value, validators};

use super::{StoreBlock, Surroundings};
use crate::secret_text::SecretText;

/// AWS Secrets Manager or the Parameter Store of one region. What is not set comes from where every AWS tool takes it: the variables
/// `AWS_REGION`, `AWS_PROFILE`, `AWS_ACCESS_KEY_ID` and their kin, the shared files, single sign-on, and the metadata
/// services of containers and instances.
#[derive(Clone, Model)]
#[model(conflicts("access_key", "profile"))]
pub(crate) struct Aws {
    /// What tells several blocks of this kind apart: objects name this store `aws:` with the alias.
    #[attr(optional, validate = super::alias_name)]
    alias_name: Value<String>,
    /// The service that keeps the secrets: `secretsmanager`, or `ssm` for the encrypted parameters of the Parameter Store,
    /// where `prod/db` is the parameter `/prod/db`, and programs read its current value as `/prod/db:current`.
    /// `secretsmanager` unless set.
    #[attr(optional, validate = validators::one_of(&["secretsmanager", "ssm"]))]
    service: Value<String>,
    /// The region, such as `eu-central-1`. Also `AWS_REGION`.
    #[attr(optional, validate = validators::not_empty())]
    region: Value<String>,
    /// The profile in the shared files. Also `AWS_PROFILE`.
    #[attr(optional, validate = validators::not_empty())]
    profile: Value<String>,
    /// Files in place of `~/.aws/config`.
    #[attr(optional)]
    shared_config_files: Value<Vec<String>>,
    /// Files in place of `~/.aws/credentials`.
    #[attr(optional)]
    shared_credentials_files: Value<Vec<String>>,
    /// The id of an access key. Also `AWS_ACCESS_KEY_ID`.
    #[attr(optional)]
    access_key: Value<String>,
    /// The secret of that access key. May be an ephemeral value. Also `AWS_SECRET_ACCESS_KEY`.
    #[attr(optional, sensitive)]
    secret_key: Value<SecretText>,
    /// The session's token, where the access key is a temporary one. May be an ephemeral value. Also
    /// `AWS_SESSION_TOKEN`.
    #[attr(optional, sensitive)]
    session_token: Value<SecretText>,
    /// The URL of the service, such as that of a VPC endpoint. Also `AWS_ENDPOINT_URL_SECRETS_MANAGER` or
    /// `AWS_ENDPOINT_URL_SSM`, and `AWS_ENDPOINT_URL`.
    #[attr(optional, validate = validators::not_empty())]
    endpoint: Value<String>,
    /// The URL of the Security Token Service. Also `AWS_ENDPOINT_URL_STS` and `AWS_ENDPOINT_URL`.
    #[attr(optional, validate = validators::not_empty())]
    sts_endpoint: Value<String>,
    /// Whether to use the endpoints that FIPS 140 is kept at. Also `AWS_USE_FIPS_ENDPOINT`.
    #[attr(optional)]
    use_fips_endpoint: Value<bool>,
    /// Whether to use the endpoints that speak IPv6, too. Also `AWS_USE_DUALSTACK_ENDPOINT`.
    #[attr(optional)]
    use_dualstack_endpoint: Value<bool>,
    /// The key that new secrets are encrypted with: an id, an ARN or an alias. The account's own key unless set.
    #[attr(optional, validate = validators::not_empty())]
    kms_key_id: Value<String>,
    /// The tier of the parameters that are written, with `service = "ssm"`: `Standard` takes values of 4096 bytes, `Advanced`
    /// of 8192, and `Intelligent-Tiering`, which it is unless set, is the one or the other as the value needs it.
    #[attr(optional, validate = validators::one_of(&["Standard", "Advanced", "Intelligent-Tiering"]))]
    tier: Value<String>,
    /// How often a request is sent before the store gives up, the first time included. Also the provider's
    /// `max_retries`, and `AWS_MAX_ATTEMPTS`; 5 unless set.
    #[attr(optional, validate = validators::between(1..=100))]
    max_attempts: Value<i64>,
    /// A role to take. Several are taken one after the other, each with the credentials of the one before.
    #[block]
    assume_role: Vec<Role>,
    /// A role to take with a token of an identity provider, before those of `assume_role`.
    #[block]
    assume_role_with_web_identity: Option<IdentityRole>,
}

/// A role to take.
#[derive(Clone, Model)]
pub(crate) struct Role {
    /// The role's ARN.
    #[attr(required, validate = validators::not_empty())]
    role_arn: Value<String>,
    /// What the session is called in the records of the account. `coffer` unless set.
    #[attr(optional, validate = validators::not_empty())]
    session_name: Value<String>,
    /// The id that the role's trust policy asks for.
    #[attr(optional)]
    external_id: Value<String>,
    /// How long the session lasts, in seconds. One hour unless set.
    #[attr(optional, validate = validators::between(900..=43_200))]
    duration_seconds: Value<i64>,
    /// A policy in JSON that the session is narrowed to.
    #[attr(optional)]
    policy: Value<String>,
    /// ARNs of managed policies that the session is narrowed to.
    #[attr(optional)]
    policy_arns: Value<Vec<String>>,
    /// Tags of the session.
    #[attr(optional)]
    tags: Value<BTreeMap<String, String>>,
    /// The tags that stay when the session takes a further role.
    #[attr(optional)]
    transitive_tag_keys: Value<Vec<String>>,
}

/// A role to take with a token of an identity provider.
#[derive(Clone, Model)]
#[model(conflicts("web_identity_token", "web_identity_token_file"))]
pub(crate) struct IdentityRole {
    /// The role's ARN. Also `AWS_ROLE_ARN`.
    #[attr(required, validate = validators::not_empty())]
    role_arn: Value<String>,
    /// What the session is called in the records of the account. `coffer` unless set.
    #[attr(optional, validate = validators::not_empty())]
    session_name: Value<String>,
    /// How long the session lasts, in seconds. One hour unless set.
    #[attr(optional, validate = validators::between(900..=43_200))]
    duration_seconds: Value<i64>,
    /// A policy in JSON that the session is narrowed to.
    #[attr(optional)]
    policy: Value<String>,
    /// ARNs of managed policies that the session is narrowed to.
    #[attr(optional)]
    policy_arns: Value<Vec<String>>,
    /// The token. May be an ephemeral value.
    #[attr(optional, sensitive)]
    web_identity_token: Value<SecretText>,
    /// A file that holds the token. It is read again whenever the credentials are renewed.
    #[attr(optional, validate = validators::not_empty())]
    web_identity_token_file: Value<String>,
}

impl StoreBlock for Aws {
    const KIND: &'static str = "aws";
    const IS_REMOTE: bool = true;

    fn alias_name(&self) -> &Value<String> {
        &self.alias_name
    }

    fn build(self, surroundings: &Surroundings) -> Result<Arc<dyn SecretStore>, Diagnostic> {
        if let Some(setting) = self.unknown_setting() {
            return Err(Diagnostic::error(
                format!("The setting aws.{setting} is not known yet"),
                "Apply what it depends on first, for example with -target, or give it a value that is known.",
            ));
        }
        let settings = AwsSettings {
            region: self.region.into_known(),
            profile: self.profile.into_known(),
            shared_config_files: paths(self.shared_config_files),
            shared_credentials_files: paths(self.shared_credentials_files),
            endpoint: self.endpoint.into_known(),
            sts_endpoint: self.sts_endpoint.into_known(),
            use_fips: self.use_fips_endpoint.into_known(),
            use_dualstack: self.use_dualstack_endpoint.into_known(),
            access_key: self.access_key.into_known(),
            secret_key: self.secret_key.into_known().map(SecretText::into_secret),
            session_token: self.session_token.into_known().map(SecretText::into_secret),
            web_identity: match self.assume_role_with_web_identity {
                Some(role) => Some(role.into_settings()?),
                None => None,
            },
            assume_role: self
                .assume_role
                .into_iter()
                .map(Role::into_settings)
                .collect(),
            kms_key_id: self.kms_key_id.into_known(),
            tier: self.tier.into_known(),
            attempt_limit: None,
            call_limit: None,
            max_attempts: self
                .max_attempts
                .into_known()
                .and_then(|attempts| u32::try_from(attempts).ok())
                // The first attempt is none of the repetitions.
                .or(surroundings.max_retries.map(|it| it.saturating_add(1))),
        };
        Ok(match self.service.into_known().as_deref() {
            Some("ssm") => Arc::new(ParameterStore::new(settings)),
            _ => Arc::new(SecretsManager::new(settings)),
        })
    }
}

impl Aws {
    /// A setting that Terraform does not know yet.
    fn unknown_setting(&self) -> Option<&'static str> {
        let of_block = [
            ("service", self.service.is_unknown()),
            ("region", self.region.is_unknown()),
            ("profile", self.profile.is_unknown()),
            ("shared_config_files", self.shared_config_files.is_unknown()),
            (
                "shared_credentials_files",
                self.shared_credentials_files.is_unknown(),
            ),
            ("access_key", self.access_key.is_unknown()),
            ("secret_key", self.secret_key.is_unknown()),
            ("session_token", self.session_token.is_unknown()),
            ("endpoint", self.endpoint.is_unknown()),
            ("sts_endpoint", self.sts_endpoint.is_unknown()),
            ("use_fips_endpoint", self.use_fips_endpoint.is_unknown()),
            (
                "use_dualstack_endpoint",
                self.use_dualstack_endpoint.is_unknown(),
            ),
            ("kms_key_id", self.kms_key_id.is_unknown()),
            ("tier", self.tier.is_unknown()),
            ("max_attempts", self.max_attempts.is_unknown()),
        ];
        let identity = self.assume_role_with_web_identity.as_ref();
        of_block
            .into_iter()
            .find_map(|(setting, unknown)| unknown.then_some(setting))
            .or_else(|| {
                let unknown = self.assume_role.iter().any(Role::is_unknown);
                unknown.then_some("assume_role")
            })
            .or_else(|| {
                let unknown = identity.is_some_and(IdentityRole::is_unknown);
                unknown.then_some("assume_role_with_web_identity")
            })
    }
}

impl Role {
    fn is_unknown(&self) -> bool {
        self.role_arn.is_unknown()
            || self.session_name.is_unknown()
            || self.external_id.is_unknown()
            || self.duration_seconds.is_unknown()
            || self.policy.is_unknown()
            || self.policy_arns.is_unknown()
            || self.tags.is_unknown()
            || self.transitive_tag_keys.is_unknown()
    }

    fn into_settings(self) -> AssumeRole {
        AssumeRole {
            role_arn: self.role_arn.known_or_else(String::new),
            session_name: self.session_name.into_known(),
            external_id: self.external_id.into_known(),
            duration: seconds(self.duration_seconds),
            policy: self.policy.into_known(),
            policy_arns: self.policy_arns.known_or_else(Vec::new),
            tags: self.tags.known_or_else(BTreeMap::new),
            transitive_tag_keys: self.transitive_tag_keys.known_or_else(Vec::new),
        }
    }
}

impl IdentityRole {
    fn is_unknown(&self) -> bool {
        self.role_arn.is_unknown()
            || self.session_name.is_unknown()
            || self.duration_seconds.is_unknown()
            || self.policy.is_unknown()
            || self.policy_arns.is_unknown()
            || self.web_identity_token.is_unknown()
            || self.web_identity_token_file.is_unknown()
    }

    fn into_settings(self) -> Result<WebIdentity, Diagnostic> {
        let token = if let Some(token) = self.web_identity_token.into_known() {
            WebIdentityToken::Given(token.into_secret())
        } else if let Some(path) = self.web_identity_token_file.into_known() {
            WebIdentityToken::File(path.into())
        } else {
            return Err(Diagnostic::error(
                "The token of the identity provider is missing",
                "Give web_identity_token or web_identity_token_file in the block assume_role_with_web_identity.",
            ));
        };
        Ok(WebIdentity {
            role_arn: self.role_arn.known_or_else(String::new),
            session_name: self.session_name.into_known(),
            duration: seconds(self.duration_seconds),
            policy: self.policy.into_known(),
            policy_arns: self.policy_arns.known_or_else(Vec::new),
            token,
        })
    }
}

fn paths(texts: Value<Vec<String>>) -> Vec<PathBuf> {
    let texts = texts.known_or_else(Vec::new);
    texts.into_iter().map(PathBuf::from).collect()
}

fn seconds(number: Value<i64>) -> Option<i32> {
    number
        .into_known()
        .and_then(|number| i32::try_from(number).ok())
}
