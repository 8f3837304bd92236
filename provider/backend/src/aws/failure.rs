//! What the SDK's errors mean for whoever asked.

use std::error::Error as _;

use aws_config::SdkConfig;
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};
use coffer_vault::{Secret, SecretName};

use crate::error::Error;

/// The longest text of an error that is shown, in characters.
const MAX_TEXT: usize = 1000;

/// How many bytes a value has at least for a text to repeat it rather than to hold it by chance.
const LEAST_REPEATED: usize = 4;

/// An answer that is an error, or none at all, before it is known what that means for the caller.
///
/// What a failure means is told by the service's code, never by its text: the text is for people and changes.
pub(super) struct Failure {
    system: &'static str,
    code: Option<String>,
    said: String,
    reach: Reach,
}

/// How far the request came.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// The service refused it.
    Answered,
    /// The service failed at it, or its answer was lost: it may have been done.
    Unclear,
    /// There was nothing to sign it with, or the credentials could not be fetched.
    NoCredentials,
    /// It was never sent.
    NotSent,
}

/// Codes of refused credentials, which name no missing right but the credentials themselves.
const LOGIN: &[&str] = &[
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "RequestExpired",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
];

/// Codes of a service that wants fewer requests.
const THROTTLING: &[&str] = &[
    "BandwidthLimitExceeded",
    "PriorRequestNotComplete",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TooManyUpdates",
];

impl Failure {
    /// Judges an error of the SDK.
    pub(super) fn new<E>(system: &'static str, error: &SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let reach = match error {
            SdkError::ServiceError(context) if context.raw().status().is_server_error() => {
                Reach::Unclear
            }
            SdkError::ServiceError(_) => Reach::Answered,
            _ if lacks_credentials(error) => Reach::NoCredentials,
            SdkError::ConstructionFailure(_) => Reach::NotSent,
            _ => Reach::Unclear,
        };
        let said = match error.message() {
            Some(message) => message.to_owned(),
            None => causes(error),
        };
        Self {
            system,
            code: error.code().map(ToOwned::to_owned),
            said: said.chars().take(MAX_TEXT).collect(),
            reach,
        }
    }

    /// The same without its text, where that repeats the value which was sent.
    pub(super) fn without(mut self, value: &Secret) -> Self {
        let repeated = value.len() >= LEAST_REPEATED
            && value
                .danger_expose_str()
                .is_ok_and(|value| self.said.contains(value));
        if repeated {
            self.said = "its text is left out because it repeats the value".to_owned();
        }
        self
    }

    /// Whether the service gave this code.
    pub(super) fn is(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    /// Whether the request may have been done.
    pub(super) fn is_unclear(&self) -> bool {
        self.reach == Reach::Unclear
    }

    /// The error for whoever read, `name` being the secret.
    pub(super) fn reading(self, name: &SecretName) -> Error {
        if self.is("ResourceNotFoundException") || self.is("ParameterNotFound") {
            return Error::NotFound {
                system: self.system,
                name: name.clone(),
            };
        }
        self.about_no_secret()
    }

    /// The error for whoever wrote to `name`.
    pub(super) fn writing(self, name: &SecretName) -> Error {
        if self.is_unclear() && !self.is_throttling() {
            return Error::OutcomeUnknown {
                system: self.system,
                said: self.said,
            };
        }
        self.reading(name)
    }

    /// The error where no single secret was asked for.
    pub(super) fn about_no_secret(self) -> Error {
        let system = self.system;
        let code = self.code.as_deref().unwrap_or_default();
        let said = if self.said.is_empty() {
            code.to_owned()
        } else {
            self.said.clone()
        };
        if self.is_throttling() {
            return Error::Throttled { system, said };
        }
        if self.reach == Reach::NoCredentials || LOGIN.contains(&code) {
            return Error::Login {
                system,
                said,
                remedy: login_remedy(code).to_owned(),
            };
        }
        if self.reach == Reach::Unclear {
            return Error::Unavailable { system, said };
        }
        if code.starts_with("AccessDenied") || code == "UnauthorizedOperation" {
            return Error::Denied { system, said };
        }
        match code {
            // The key of the secret is missing, disabled, or not for this identity.
            "DecryptionFailure" | "EncryptionFailure" | "InvalidKeyId" => {
                Error::Denied { system, said }
            }
            "InternalServiceError" | "InternalServerError" | "InternalFailure" => {
                Error::Unavailable { system, said }
            }
            _ => Error::Invalid { system, said },
        }
    }

    /// Whether the service wants fewer requests.
    pub(super) fn is_throttling(&self) -> bool {
        self.code
            .as_deref()
            .is_some_and(|code| THROTTLING.contains(&code))
    }
}

fn login_remedy(code: &str) -> &'static str {
    match code {
        "ExpiredToken" | "ExpiredTokenException" => "log in again: the credentials have expired",
        "RequestExpired" | "InvalidSignatureException" | "SignatureDoesNotMatch" => {
            "check the secret key and this machine's clock"
        }
        _ => {
            "check the aws block, the AWS_* variables and the profile; `aws sts get-caller-identity` tells who is logged in"
        }
    }
}

fn lacks_credentials<E: std::error::Error + 'static>(error: &SdkError<E>) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.is::<CredentialsError>() {
            return true;
        }
        cause = error.source();
    }
    false
}

/// The texts of an error and its causes, without those that say what the one before said.
fn causes(error: &dyn std::error::Error) -> String {
    let mut texts = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if texts.last().is_none_or(|last| !last.contains(&text)) {
            texts.push(text);
        }
        cause = error.source();
    }
    texts.join(": ")
}

/// The error of an ARN of another region than the store's, where the service would only say that nothing is there.
pub(super) fn other_region(
    system: &'static str,
    name: &SecretName,
    config: &SdkConfig,
) -> Option<Error> {
    let region = name.as_str().strip_prefix("arn:")?.split(':').nth(2)?;
    let own = config.region()?.as_ref();
    (region != own).then(|| Error::Invalid {
        system,
        said: format!(
            "the ARN is of the region {region}, and the store of {own}; use a store of that region"
        ),
    })
}
