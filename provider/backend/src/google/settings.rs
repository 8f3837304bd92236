//! How Google Secret Manager is reached.

use std::path::{Path, PathBuf};
use std::time::Duration;

use coffer_vault::Secret;

use crate::http::Patience;

/// Settings of a [`crate::GoogleStore`]. What is not set comes from the environment; see [`Self::or_environment`].
#[derive(Clone, Default)]
pub struct GoogleSettings {
    /// The project's id; by default that of the credentials.
    pub project: Option<String>,
    /// A location such as `europe-west3`, for regional secrets.
    pub location: Option<String>,
    /// Another address than Google's own, without `/v1`: a private endpoint or an emulator.
    pub endpoint: Option<String>,
    /// Credentials in JSON, or the path of a file that holds them.
    pub credentials: Option<Secret>,
    /// An OAuth 2.0 access token, used as it is.
    pub access_token: Option<Secret>,
    /// The service account to act as, by its e-mail address.
    pub impersonate_service_account: Option<String>,
    /// The service accounts between the credentials and the one to act as.
    pub impersonate_delegates: Vec<String>,
    /// The project that quota and costs go to.
    pub quota_project: Option<String>,
    /// The Cloud KMS key that secrets made by coffer are encrypted with.
    pub kms_key_name: Option<String>,
    /// The locations that secrets made by coffer are kept in; all that Google chooses where it is empty.
    pub replica_locations: Vec<String>,
    /// How long a destroyed version of a secret made by coffer can still be brought back.
    pub version_destroy_ttl: Option<Duration>,
    /// After what time Google deletes a secret made by coffer.
    pub ttl: Option<Duration>,
    /// How often and how long requests are tried.
    pub patience: Patience,
    /// The file of application default credentials that `gcloud` writes; found in the home folder by default.
    pub default_credentials: Option<PathBuf>,
    /// The host of the metadata server, for machines whose server has another address.
    pub metadata_host: Option<String>,
}

impl GoogleSettings {
    /// Fills what is not set from the variables that the Google provider and Google's libraries read. Credentials are
    /// taken from the environment only where none are set, so that a block never mixes two identities.
    #[must_use]
    pub fn or_environment(self) -> Self {
        self.or_variables(&|name| std::env::var(name).ok())
    }

    fn or_variables(mut self, variable: &dyn Fn(&str) -> Option<String>) -> Self {
        let first = |names: &[&str]| {
            names
                .iter()
                .find_map(|name| variable(name).filter(|value| !value.is_empty()))
        };
        let or = |setting: Option<String>, names: &[&str]| setting.or_else(|| first(names));
        self.project = or(
            self.project,
            &[
                "GOOGLE_PROJECT",
                "GOOGLE_CLOUD_PROJECT",
                "GCLOUD_PROJECT",
                "CLOUDSDK_CORE_PROJECT",
            ],
        );
        self.endpoint = or(self.endpoint, &["GOOGLE_SECRET_MANAGER_CUSTOM_ENDPOINT"]);
        self.quota_project = or(self.quota_project, &["GOOGLE_CLOUD_QUOTA_PROJECT"]);
        self.metadata_host = or(self.metadata_host, &["GCE_METADATA_HOST"]);
        self.impersonate_service_account = or(
            self.impersonate_service_account,
            &["GOOGLE_IMPERSONATE_SERVICE_ACCOUNT"],
        );
        if self.credentials.is_none() && self.access_token.is_none() {
            self.access_token = first(&["GOOGLE_OAUTH_ACCESS_TOKEN"]).map(Secret::from);
            self.credentials = first(&[
                "GOOGLE_CREDENTIALS",
                "GOOGLE_CLOUD_KEYFILE_JSON",
                "GCLOUD_KEYFILE_JSON",
                "GOOGLE_APPLICATION_CREDENTIALS",
            ])
            .map(Secret::from);
        }
        self.default_credentials = self.default_credentials.or_else(|| {
            let folder = first(&["CLOUDSDK_CONFIG"])
                .map(PathBuf::from)
                .or_else(|| first(&["HOME"]).map(|home| Path::new(&home).join(".config/gcloud")))?;
            Some(folder.join("application_default_credentials.json"))
        });
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(name: &str) -> Option<String> {
        let value = match name {
            "GOOGLE_PROJECT" => "from-the-environment",
            "GOOGLE_CREDENTIALS" => "/fake/key.json",
            "HOME" => "/home/fake",
            _ => return None,
        };
        Some(value.to_owned())
    }

    #[test]
    fn the_environment_fills_what_is_not_set_and_mixes_no_identities() {
        let filled = GoogleSettings::default().or_variables(&variables);
        assert_eq!(filled.project.as_deref(), Some("from-the-environment"));
        assert!(filled.credentials.is_some());
        assert_eq!(
            filled.default_credentials.as_deref(),
            Some(Path::new(
                "/home/fake/.config/gcloud/application_default_credentials.json"
            ))
        );
        let set = GoogleSettings {
            project: Some("set".to_owned()),
            access_token: Some(Secret::copy_from(b"fake-token")),
            ..GoogleSettings::default()
        };
        let set = set.or_variables(&variables);
        assert_eq!(set.project.as_deref(), Some("set"));
        assert!(set.credentials.is_none());
    }
}
