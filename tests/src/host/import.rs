//! How a resource comes into state otherwise than by apply: import, upgrade, move.

use std::collections::HashMap;

use super::codec;
use super::failure::{Failure, warnings};
use super::identity;
use super::proto::tfplugin5 as wire;
use super::resource::{Instance, Managed, broken};
use super::rules;
use super::value::Value;

impl Managed<'_> {
    /// Imports the resource `id` and reads it, as Terraform does.
    ///
    /// # Errors
    /// What the provider reports; or the rule that it breaks, such as that nothing is there.
    pub async fn import(&self, id: &str) -> Result<Instance, Failure> {
        self.import_by(id, None).await
    }

    /// Imports the resource of this identity and reads it.
    ///
    /// # Errors
    /// As [`import`](Self::import).
    pub async fn import_by_identity(&self, identity: &Value) -> Result<Instance, Failure> {
        let ty = self
            .host
            .identity_type(self.name)
            .await?
            .ok_or_else(|| Failure::NotOffered(format!("identity of {}", self.name)))?;
        self.import_by("", Some(identity::encode(identity, &ty)?))
            .await
    }

    async fn import_by(
        &self,
        id: &str,
        identity: Option<wire::ResourceIdentityData>,
    ) -> Result<Instance, Failure> {
        let block = &self.schema.block;
        let request = wire::import_resource_state::Request {
            type_name: self.name.to_owned(),
            id: id.to_owned(),
            client_capabilities: self.host.flavour().resource(),
            identity,
        };
        let answer = self
            .host
            .client()
            .import_resource_state(request)
            .await?
            .into_inner();
        warnings(answer.diagnostics)?;
        if answer.deferred.is_some() {
            return Err(Failure::Rule(
                "an import was deferred, which was not allowed".to_owned(),
            ));
        }
        let imported = match <[_; 1]>::try_from(answer.imported_resources) {
            Ok([imported]) => imported,
            Err(all) => {
                return Err(Failure::Rule(format!(
                    "{} resources were imported",
                    all.len()
                )));
            }
        };
        if imported.type_name != self.name {
            return Err(Failure::Rule(format!(
                "a {} was imported",
                imported.type_name
            )));
        }
        let state = codec::decode(imported.state.as_ref(), &block.ty())?;
        broken(rules::broken_by_storing(block, &state))?;
        let instance = Instance {
            state,
            private: imported.private,
            // What an import gives may be completed by the read.
            identity: None,
        };
        self.read(&instance)
            .await?
            .ok_or_else(|| Failure::Rule("what was imported does not exist".to_owned()))
    }

    /// Has state of a schema version as JSON brought to the current one.
    ///
    /// # Errors
    /// What the provider reports; or the rule that the result breaks.
    pub async fn upgrade(&self, version: i64, json: &serde_json::Value) -> Result<Value, Failure> {
        let block = &self.schema.block;
        let request = wire::upgrade_resource_state::Request {
            type_name: self.name.to_owned(),
            version,
            raw_state: Some(raw(json)),
        };
        let answer = self
            .host
            .client()
            .upgrade_resource_state(request)
            .await?
            .into_inner();
        warnings(answer.diagnostics)?;
        let state = codec::decode(answer.upgraded_state.as_ref(), &block.ty())?;
        broken(rules::broken_by_storing(block, &state))?;
        Ok(state)
    }

    /// Has the state of another resource type taken over.
    ///
    /// # Errors
    /// What the provider reports; or the rule that the result breaks.
    pub async fn move_from(
        &self,
        provider: &str,
        type_name: &str,
        version: i64,
        json: &serde_json::Value,
    ) -> Result<Instance, Failure> {
        let block = &self.schema.block;
        let request = wire::move_resource_state::Request {
            source_provider_address: provider.to_owned(),
            source_type_name: type_name.to_owned(),
            source_schema_version: version,
            source_state: Some(raw(json)),
            target_type_name: self.name.to_owned(),
            ..wire::move_resource_state::Request::default()
        };
        let answer = self
            .host
            .client()
            .move_resource_state(request)
            .await?
            .into_inner();
        warnings(answer.diagnostics)?;
        let state = codec::decode(answer.target_state.as_ref(), &block.ty())?;
        broken(rules::broken_by_storing(block, &state))?;
        Ok(Instance {
            state,
            private: answer.target_private,
            identity: None,
        })
    }
}

fn raw(json: &serde_json::Value) -> wire::RawState {
    wire::RawState {
        json: json.to_string().into_bytes(),
        flatmap: HashMap::new(),
    }
}
