//! `provider "coffer" { google {} }`

use std::sync::Arc;

use coffer_backend::{GoogleSettings, GoogleStore, SecretStore};
use coffer_plugin::{Diagnostic, Model, Value, validators};

use super::{StoreBlock, Surroundings};
use crate::secret_text::SecretText;

/// Google Secret Manager. What the block does not set comes from the environment, as Google's own provider reads it.
#[derive(Clone, Model)]
#[model(conflicts("credentials", "access_token"))]
pub(crate) struct Google {
    /// What tells several blocks of this kind apart: objects name this store `google:` with the alias.
    #[attr(optional, validate = super::alias_name)]
    alias_name: Value<String>,
    /// The project's id. Also `GOOGLE_PROJECT`; that of the credentials unless set.
    #[attr(optional, validate = validators::not_empty())]
    project: Value<String>,
    /// A location such as `europe-west3`, for regional secrets.
    #[attr(optional, validate = validators::not_empty())]
    location: Value<String>,
    /// Another address than Google's own. Also `GOOGLE_SECRET_MANAGER_CUSTOM_ENDPOINT`.
    #[attr(optional, validate = validators::not_empty())]
    endpoint: Value<String>,
    /// Credentials in JSON, or the path of a file that holds them. May be an ephemeral value. Also `GOOGLE_CREDENTIALS`
    /// and `GOOGLE_APPLICATION_CREDENTIALS`; application default credentials unless set.
    #[attr(optional, sensitive)]
    credentials: Value<SecretText>,
    /// An access token. May be an ephemeral value. Also `GOOGLE_OAUTH_ACCESS_TOKEN`.
    #[attr(optional, sensitive)]
    access_token: Value<SecretText>,
    /// The service account to act as. Also `GOOGLE_IMPERSONATE_SERVICE_ACCOUNT`.
    #[attr(optional, validate = validators::not_empty())]
    impersonate_service_account: Value<String>,
    /// The Cloud KMS key that secrets made by coffer are encrypted with.
    #[attr(optional, validate = validators::not_empty())]
    kms_key_name: Value<String>,
    /// The locations that secrets made by coffer are kept in. Google chooses unless set.
    #[attr(optional, validate = validators::items(1..=50))]
    replica_locations: Value<Vec<String>>,
}

impl StoreBlock for Google {
    const KIND: &'static str = "google";
    const IS_REMOTE: bool = true;

    fn alias_name(&self) -> &Value<String> {
        &self.alias_name
    }

    fn build(self, surroundings: &Surroundings) -> Result<Arc<dyn SecretStore>, Diagnostic> {
        let unknown = [
            ("google.project", self.project.is_unknown()),
            ("google.location", self.location.is_unknown()),
            ("google.endpoint", self.endpoint.is_unknown()),
            ("google.credentials", self.credentials.is_unknown()),
            ("google.access_token", self.access_token.is_unknown()),
            (
                "google.impersonate_service_account",
                self.impersonate_service_account.is_unknown(),
            ),
            ("google.kms_key_name", self.kms_key_name.is_unknown()),
            (
                "google.replica_locations",
                self.replica_locations.is_unknown(),
            ),
        ];
        if let Some((setting, _)) = unknown.into_iter().find(|(_, unknown)| *unknown) {
            return Ok(Arc::new(GoogleStore::not_ready(setting)));
        }
        let settings = GoogleSettings {
            project: self.project.into_known(),
            location: self.location.into_known(),
            endpoint: self.endpoint.into_known(),
            credentials: self.credentials.into_known().map(SecretText::into_secret),
            access_token: self.access_token.into_known().map(SecretText::into_secret),
            impersonate_service_account: self.impersonate_service_account.into_known(),
            kms_key_name: self.kms_key_name.into_known(),
            replica_locations: self.replica_locations.known_or_else(Vec::new),
            patience: surroundings.patience(),
            ..GoogleSettings::default()
        };
        let store = Arc::new(GoogleStore::new(settings.or_environment()));
        Ok(store)
    }
}
