//! AWS Secrets Manager, through the official SDK.

mod failure;
mod role;
mod secrets_manager;
mod session;
mod settings;
mod tags;
mod time;

pub use secrets_manager::{NativeRotation, RotationOrder, SecretsManager};
pub use settings::{AssumeRole, AwsSettings, WebIdentity, WebIdentityToken};
