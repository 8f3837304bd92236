//! KV v2: what of it is one request.

use coffer_vault::{Secret, SecretName, SecretVersion};
use reqwest::Method;
use serde_json::{Value, json};

use super::SYSTEM;
use super::api::{Api, Reply, Request};
use super::document::{Document, nonsense};
use super::path::escape;
use super::value::{self, Json};
use crate::error::{Error, Result};

/// A KV v2 engine.
pub(super) struct Kv2<'a> {
    pub(super) api: &'a Api,
    pub(super) mount: &'a str,
}

/// What became of a write with compare-and-set.
pub(super) enum Written {
    /// It is there; the custom metadata says whether coffer keeps stages.
    Done(Document),
    /// Someone else was faster.
    Raced,
}

impl Kv2<'_> {
    fn path(&self, kind: &str, name: &str) -> String {
        format!("{}/{kind}/{}", escape(self.mount), escape(name))
    }

    /// The secret's metadata, where KV knows it, also without a version.
    pub(super) async fn load(&self, name: &SecretName) -> Result<Option<Document>> {
        let request = Request::get(self.path("metadata", name.as_str()));
        match self.api.find(&request).await? {
            Some(reply) => Document::of_metadata(name, &reply.data()).map(Some),
            None => Ok(None),
        }
    }

    /// The newest version's value, with as much as comes along with it; none where it cannot be read.
    pub(super) async fn read_newest(
        &self,
        name: &SecretName,
    ) -> Result<Option<(Secret, bool, Document)>> {
        let request = Request::get(self.path("data", name.as_str()));
        let Some(reply) = self.api.find(&request).await? else {
            return Ok(None);
        };
        let (value, is_object) = value_of(&reply)?;
        let metadata = reply
            .body
            .0
            .pointer("/data/metadata")
            .unwrap_or(&Value::Null);
        Ok(Some((
            value,
            is_object,
            Document::of_newest(name, metadata)?,
        )))
    }

    /// A version's value.
    pub(super) async fn read(&self, document: &Document, version: u64) -> Result<SecretVersion> {
        let name = &document.name;
        let path = self.path("data", name.as_str());
        let request = Request::get(format!("{path}?version={version}"));
        let missing = || Error::NotFound {
            system: SYSTEM,
            name: name.clone(),
        };
        let reply = self.api.find(&request).await?.ok_or_else(missing)?;
        let (value, is_object) = value_of(&reply)?;
        let mut metadata = document.version(version).ok_or_else(missing)?;
        if is_object && metadata.content_type.is_none() {
            metadata.content_type = Some("application/json".to_owned());
        }
        Ok(SecretVersion::new(value, metadata))
    }

    /// Writes a version if the newest one is `latest`.
    pub(super) async fn write(
        &self,
        name: &SecretName,
        value: &Secret,
        latest: u64,
    ) -> Result<Written> {
        let mut body = Json(json!({ "options": { "cas": latest } }));
        let mut entry = value::to_entry(value);
        if let Some(members) = body.0.as_object_mut() {
            members.insert("data".to_owned(), entry.0.take());
        }
        let request = Request::post(self.path("data", name.as_str()), &body).once();
        let reply = match self.api.send(&request).await {
            Err(Error::OutcomeUnknown { said, .. }) => {
                return self.read_back(name, value, latest, said).await;
            }
            reply => reply?,
        };
        if reply.is_conflict() {
            return Ok(Written::Raced);
        }
        let data = reply.success()?.data();
        Document::of_newest(name, &data).map(Written::Done)
    }

    /// Finds out whether a write whose answer was lost has happened.
    async fn read_back(
        &self,
        name: &SecretName,
        value: &Secret,
        latest: u64,
        said: String,
    ) -> Result<Written> {
        let unknown = || Error::OutcomeUnknown {
            system: SYSTEM,
            said: said.clone(),
        };
        let Some(document) = self.load(name).await.map_err(|_| unknown())? else {
            return Err(unknown());
        };
        let next = latest.saturating_add(1);
        if document.latest < next {
            return Err(unknown());
        }
        match self.read(&document, next).await {
            Ok(found) if found.value.ct_eq(value) => Ok(Written::Done(document)),
            Ok(_) => Ok(Written::Raced),
            Err(_) => Err(unknown()),
        }
    }

    /// Writes what changed in the document's texts. `false` where someone else changed them meanwhile.
    pub(super) async fn save(&self, document: &mut Document) -> Result<bool> {
        let path = self.path("metadata", document.name.as_str());
        let body = document.patch()?;
        let reply = self.api.send(&Request::patch(&path, &body)).await?;
        if reply.is_conflict() {
            return Ok(false);
        }
        // PATCH is a capability of its own, and there is nothing to patch before the first version.
        if !matches!(reply.status, 403..=405) {
            return reply.success().map(|_| true);
        }
        let mut whole = document.raw.clone();
        let changes = body.get("custom_metadata").and_then(Value::as_object);
        for (key, value) in changes.into_iter().flatten() {
            match value.as_str() {
                Some(text) => whole.insert(key.clone(), text.to_owned()),
                None => whole.remove(key),
            };
        }
        let mut body = json!({ "custom_metadata": whole });
        if let (Some(version), Some(members)) = (
            document.metadata_version.filter(|it| *it > 0),
            body.as_object_mut(),
        ) {
            members.insert("metadata_cas".to_owned(), version.into());
        }
        let reply = self.api.send(&Request::post(path, &Json(body))).await?;
        if reply.is_conflict() {
            return Ok(false);
        }
        reply.success().map(|_| true)
    }

    /// `delete`, `undelete` or `destroy` of versions.
    pub(super) async fn mark(&self, verb: &str, name: &SecretName, versions: &[u64]) -> Result<()> {
        if versions.is_empty() {
            return Ok(());
        }
        let body = Json(json!({ "versions": versions }));
        let request = Request::post(self.path(verb, name.as_str()), &body);
        self.api.send(&request).await?.success().map(drop)
    }

    /// Removes all that there is of a secret.
    pub(super) async fn remove(&self, name: &SecretName) -> Result<()> {
        let request = Request::new(Method::DELETE, self.path("metadata", name.as_str()));
        self.api.send(&request).await?.success().map(drop)
    }

    /// The entries of a folder (`""`, or with a slash at the end); folders end with a slash.
    pub(super) async fn folder(&self, folder: &str) -> Result<Vec<String>> {
        entries(self.api, &self.path("metadata", folder)).await
    }
}

/// The entries of a folder.
pub(super) async fn entries(api: &Api, path: &str) -> Result<Vec<String>> {
    let Some(reply) = api.find(&Request::list(path)).await? else {
        return Ok(Vec::new());
    };
    let keys = reply.body.0.pointer("/data/keys").and_then(Value::as_array);
    let keys = keys.ok_or_else(|| nonsense("the list of keys"))?;
    Ok(keys
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect())
}

/// The value of an answer, and whether it is a JSON object of another program.
fn value_of(reply: &Reply) -> Result<(Secret, bool)> {
    let entry = Json(
        reply
            .body
            .0
            .pointer("/data/data")
            .cloned()
            .unwrap_or_default(),
    );
    let value = value::from_entry(&entry).ok_or_else(|| nonsense("the value"))?;
    let is_object = value::is_object(&entry, &value);
    Ok((value, is_object))
}
