//! Listing what exists (Terraform 1.14 and later), and the configuration that Terraform writes from it.

use super::codec;
use super::diagnostic::Diagnostic;
use super::failure::{Failure, warnings};
use super::identity;
use super::proto::tfplugin5 as wire;
use super::rules;
use super::session::Host;
use super::ty::Type;
use super::value::Value;

/// One object of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// What the user is shown.
    pub display_name: String,
    /// What identifies it.
    pub identity: Value,
    /// Its state, if that was asked for.
    pub state: Option<Value>,
    /// Warnings.
    pub warnings: Vec<Diagnostic>,
}

impl Host {
    /// Lists at most `limit` resources of the type `name`.
    ///
    /// # Errors
    /// What the provider reports; or the rule that an object breaks: it has an identity, and a state if and only if
    /// that was asked for, without write-only values.
    pub async fn list(
        &self,
        name: &str,
        config: &Value,
        limit: i64,
        with_state: bool,
    ) -> Result<Vec<Listed>, Failure> {
        let missing = || Failure::NotOffered(format!("list resource {name}"));
        let schema = self.schema().lists.get(name).ok_or_else(missing)?;
        let block = &self.schema().resources.get(name).ok_or_else(missing)?.block;
        let identity_type = self.identity_type(name).await?.ok_or_else(missing)?;
        let config = schema.encode(config)?;
        let mut client = self.client();
        let validated = client
            .validate_list_resource_config(wire::validate_list_resource_config::Request {
                type_name: name.to_owned(),
                config: Some(config.clone()),
                include_resource_object: Some(codec::encode(&with_state.into(), &Type::Bool)?),
                limit: Some(codec::encode(&limit.into(), &Type::Number)?),
            })
            .await?
            .into_inner();
        warnings(validated.diagnostics)?;
        let mut events = client
            .list_resource(wire::list_resource::Request {
                type_name: name.to_owned(),
                config: Some(config),
                include_resource_object: with_state,
                limit,
            })
            .await?
            .into_inner();
        let mut found = Vec::new();
        while let Some(event) = events.message().await? {
            let said = warnings(event.diagnostic)?;
            let identity = identity::decode(event.identity.as_ref(), &identity_type)?;
            let state = match event.resource_object {
                None => None,
                Some(state) => Some(codec::decode(Some(&state), &block.ty())?),
            };
            if identity.is_null() || !identity.is_wholly_known() {
                return Err(Failure::Rule(format!(
                    "{} has no identity",
                    event.display_name
                )));
            }
            if state.is_some() != with_state {
                return Err(Failure::Rule(
                    "state is there though not wanted, or missing".to_owned(),
                ));
            }
            let broken = state
                .as_ref()
                .map(|state| rules::broken_by_storing(block, state))
                .unwrap_or_default();
            if !broken.is_empty() {
                return Err(Failure::Rule(broken.join("\n")));
            }
            found.push(Listed {
                display_name: event.display_name,
                identity,
                state,
                warnings: said,
            });
        }
        if i64::try_from(found.len()).is_ok_and(|length| limit > 0 && length > limit) {
            return Err(Failure::Rule(format!("more than {limit} were listed")));
        }
        Ok(found)
    }

    /// The configuration that would make a resource of this state.
    ///
    /// # Errors
    /// What the provider reports; or that it sets what cannot be configured.
    pub async fn generate_config(&self, name: &str, state: &Value) -> Result<Value, Failure> {
        let schema = self.schema().resources.get(name);
        let schema = schema.ok_or_else(|| Failure::NotOffered(format!("resource {name}")))?;
        let ty = schema.block.ty();
        let answer = self
            .client()
            .generate_resource_config(wire::generate_resource_config::Request {
                type_name: name.to_owned(),
                state: Some(codec::encode(state, &ty)?),
            })
            .await?
            .into_inner();
        warnings(answer.diagnostics)?;
        let config = codec::decode(answer.config.as_ref(), &ty)?;
        for (attribute, of) in &schema.block.attributes {
            let settable = of.flags.required || of.flags.optional;
            if !settable && !config.get(attribute).is_null() {
                return Err(Failure::Rule(format!("{attribute} cannot be configured")));
            }
        }
        Ok(config)
    }
}
