//! A project's connection: looking at a secret, and writing what was changed.

use coffer_vault::SecretName;
use serde_json::{Value as Json, json};

use super::api::{Api, Fault};
use super::put::busy;
use super::settings::GoogleSettings;
use super::view::View;
use super::{SPELLING, SYSTEM};
use crate::error::{Error, Result};

/// How often a change is tried that another one got in the way of.
pub(super) const ATTEMPTS: usize = 8;
/// How many requests of one operation are under way at a time.
pub(super) const AT_A_TIME: usize = 8;

/// A project, or a location of it.
pub(super) struct Connection {
    pub(super) api: Api,
    pub(super) settings: GoogleSettings,
}

impl Connection {
    pub(super) fn id(&self, name: &SecretName) -> Result<String> {
        SPELLING.write(name)
    }

    /// Looks at a secret and its newest version. A secret without versions is there for Google: whoever made it meant
    /// it to be filled.
    pub(super) async fn find(&self, name: &SecretName) -> Result<Option<View>> {
        let id = self.id(name)?;
        let (secret, newest) = tokio::join!(self.api.secret(&id), self.api.version(&id, "latest"));
        let secret = match secret {
            Ok(secret) => secret,
            Err(Fault::NotFound(_)) => return Ok(None),
            Err(fault) => return Err(fault.about(name, None)),
        };
        let newest = match newest {
            Ok(version) => Some(version),
            Err(Fault::NotFound(_)) => None,
            Err(fault) => return Err(fault.about(name, None)),
        };
        View::new(name.clone(), secret, newest).map(Some)
    }

    /// A secret that has a version.
    pub(super) async fn look(&self, name: &SecretName) -> Result<View> {
        self.find(name)
            .await?
            .filter(|view| view.latest() > 0)
            .ok_or_else(|| not_found(name))
    }

    pub(super) async fn create(&self, id: &str, view: &mut View) -> Result<(), Fault> {
        let mut body = view.body()?;
        let settings = &self.settings;
        let set = |body: &mut Json, key: &str, value: Json| {
            if let Some(object) = body.as_object_mut() {
                object.insert(key.to_owned(), value);
            }
        };
        for unset in ["etag", "versionAliases", "expireTime"] {
            body.as_object_mut().and_then(|body| body.remove(unset));
        }
        let key = settings
            .kms_key_name
            .as_ref()
            .map(|key| json!({ "kmsKeyName": key }));
        if settings.location.is_some() {
            if let Some(key) = key {
                set(&mut body, "customerManagedEncryption", key);
            }
        } else if settings.replica_locations.is_empty() {
            let automatic =
                key.map_or(json!({}), |key| json!({ "customerManagedEncryption": key }));
            set(&mut body, "replication", json!({ "automatic": automatic }));
        } else {
            let replicas: Vec<Json> = settings
                .replica_locations
                .iter()
                .map(|location| match &key {
                    None => json!({ "location": location }),
                    Some(key) => json!({ "location": location, "customerManagedEncryption": key }),
                })
                .collect();
            set(
                &mut body,
                "replication",
                json!({ "userManaged": { "replicas": replicas } }),
            );
        }
        if let Some(ttl) = settings.ttl {
            set(&mut body, "ttl", format!("{}s", ttl.as_secs()).into());
        }
        if let Some(ttl) = settings.version_destroy_ttl {
            set(
                &mut body,
                "versionDestroyTtl",
                format!("{}s", ttl.as_secs()).into(),
            );
        }
        let secret = self.api.create(id, &body).await?;
        self.keep(view, secret);
        Ok(())
    }

    /// Writes what was changed, if nobody else has changed the secret since it was looked at.
    pub(super) async fn save(&self, id: &str, view: &mut View, expiry: bool) -> Result<(), Fault> {
        let body = view.body()?;
        let mask = if expiry {
            "labels,annotations,versionAliases,expireTime"
        } else {
            "labels,annotations,versionAliases"
        };
        match self.api.patch(id, mask, &body).await {
            Ok(secret) => {
                self.keep(view, secret);
                Ok(())
            }
            Err(Fault::Other(lost @ Error::OutcomeUnknown { .. })) => {
                // The etag tells: the change is there, or it is not and cannot come any more once another one is.
                let found = self.api.secret(id).await?;
                if found.annotations == view.secret.annotations
                    && found.version_aliases == view.secret.version_aliases
                {
                    self.keep(view, found);
                    return Ok(());
                }
                Err(Fault::Other(lost))
            }
            Err(fault) => Err(fault),
        }
    }

    /// Takes over what only the service knows; what it does not answer stays as it was sent.
    fn keep(&self, view: &mut View, secret: super::wire::Secret) {
        view.secret.etag = secret.etag;
        view.secret.create_time = secret.create_time.or(view.secret.create_time);
        view.secret.expire_time = secret.expire_time;
    }

    /// Changes a secret as `edit` says, which tells whether there is anything to write; again where another change got
    /// in the way. `seen` is what was looked at already.
    pub(super) async fn modify(
        &self,
        name: &SecretName,
        mut seen: Option<View>,
        edit: impl Fn(&mut View) -> Result<bool>,
    ) -> Result<View> {
        let id = self.id(name)?;
        for _ in 0..ATTEMPTS {
            let mut view = match seen.take() {
                Some(view) => view,
                None => self.look(name).await?,
            };
            let expiry = view.secret.expire_time;
            if !edit(&mut view)? {
                return Ok(view);
            }
            let expiry = expiry != view.secret.expire_time;
            match self.save(&id, &mut view, expiry).await {
                Ok(()) => return Ok(view),
                Err(Fault::Conflict(_) | Fault::Precondition(_)) => {}
                Err(fault) => return Err(fault.about(name, None)),
            }
        }
        Err(busy(name))
    }
}

pub(super) fn not_found(name: &SecretName) -> Error {
    Error::NotFound {
        system: SYSTEM,
        name: name.clone(),
    }
}
