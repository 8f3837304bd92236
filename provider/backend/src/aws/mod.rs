//! AWS Secrets Manager and the Parameter Store of AWS Systems Manager, through the official SDK.

mod failure;
mod parameters;
mod role;
mod secrets_manager;
mod session;
mod settings;
mod tags;
mod time;
mod write_token;

pub use parameters::ParameterStore;
pub use secrets_manager::SecretsManager;
pub use settings::{AssumeRole, AwsSettings, WebIdentity, WebIdentityToken};
