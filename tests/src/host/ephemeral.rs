//! The life of an ephemeral resource.

use std::time::SystemTime;

use super::codec;
use super::diagnostic::Diagnostic;
use super::failure::{Failure, warnings};
use super::proto::tfplugin5 as wire;
use super::rules;
use super::schema::Schema;
use super::session::{Host, time};
use super::value::Value;

/// An ephemeral resource of the provider.
#[derive(Clone, Copy, Debug)]
pub struct Ephemeral<'h> {
    host: &'h Host,
    name: &'h str,
    schema: &'h Schema,
}

/// One that is open.
#[derive(Clone, Debug)]
pub struct Open {
    /// Its value.
    pub result: Value,
    /// When it is to be renewed.
    pub renew_at: Option<SystemTime>,
    /// What the provider noted at the opening.
    pub opened_with: Option<Vec<u8>>,
    /// What the provider noted last.
    pub renewed_with: Option<Vec<u8>>,
    /// Warnings.
    pub warnings: Vec<Diagnostic>,
}

impl Host {
    /// The ephemeral resource `name`.
    ///
    /// # Errors
    /// When there is none.
    pub fn ephemeral<'h>(&'h self, name: &'h str) -> Result<Ephemeral<'h>, Failure> {
        let schema = self.schema().ephemerals.get(name);
        let schema =
            schema.ok_or_else(|| Failure::NotOffered(format!("ephemeral resource {name}")))?;
        Ok(Ephemeral {
            host: self,
            name,
            schema,
        })
    }
}

impl Ephemeral<'_> {
    /// Its schema.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        self.schema
    }

    /// A configuration of these attributes.
    pub fn config<'a>(&self, members: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
        self.schema.config(members)
    }

    /// Has `config` judged; gives the warnings.
    ///
    /// # Errors
    /// What the provider reports.
    pub async fn validate(&self, config: &Value) -> Result<Vec<Diagnostic>, Failure> {
        let request = wire::validate_ephemeral_resource_config::Request {
            type_name: self.name.to_owned(),
            config: Some(self.schema.encode(config)?),
        };
        let mut client = self.host.client();
        let answer = client.validate_ephemeral_resource_config(request).await?;
        warnings(answer.into_inner().diagnostics)
    }

    /// Judges and opens it. Like Terraform, this calls for known values only.
    ///
    /// # Errors
    /// What the provider reports; or the rule that its result breaks.
    pub async fn open(&self, config: &Value) -> Result<Open, Failure> {
        let mut said = self.validate(config).await?;
        if !config.is_wholly_known() {
            return Err(Failure::Rule(
                "no host opens with unknown values".to_owned(),
            ));
        }
        let block = &self.schema.block;
        let ty = block.ty();
        let config = &block.complete(config);
        let request = wire::open_ephemeral_resource::Request {
            type_name: self.name.to_owned(),
            config: Some(codec::encode(config, &ty)?),
            client_capabilities: Some(wire::ClientCapabilities {
                deferral_allowed: false,
                write_only_attributes_allowed: true,
            }),
        };
        let answer = self
            .host
            .client()
            .open_ephemeral_resource(request)
            .await?
            .into_inner();
        said.extend(warnings(answer.diagnostics)?);
        if answer.deferred.is_some() {
            return Err(Failure::Rule(
                "it was deferred, which was not allowed".to_owned(),
            ));
        }
        let result = codec::decode(answer.result.as_ref(), &ty)?;
        let mut broken = rules::broken_by_plan(block, &Value::Null, config, &result);
        if self.host.flavour().is_opentofu() && !result.is_wholly_known() {
            broken.push("OpenTofu takes no unknown values in a result".to_owned());
        }
        if !broken.is_empty() {
            return Err(Failure::Rule(broken.join("\n")));
        }
        Ok(Open {
            result,
            renew_at: time(answer.renew_at),
            opened_with: answer.private.clone(),
            renewed_with: answer.private,
            warnings: said,
        })
    }

    /// Renews it with what was noted last.
    ///
    /// # Errors
    /// What the provider reports.
    pub async fn renew(&self, open: &mut Open) -> Result<(), Failure> {
        let request = wire::renew_ephemeral_resource::Request {
            type_name: self.name.to_owned(),
            private: open.renewed_with.clone(),
        };
        let answer = self
            .host
            .client()
            .renew_ephemeral_resource(request)
            .await?
            .into_inner();
        open.warnings.extend(warnings(answer.diagnostics)?);
        open.renew_at = time(answer.renew_at);
        open.renewed_with = answer.private;
        Ok(())
    }

    /// Closes it: Terraform with what was noted at the opening, OpenTofu with what was noted last.
    ///
    /// # Errors
    /// What the provider reports.
    pub async fn close(&self, open: Open) -> Result<Vec<Diagnostic>, Failure> {
        let private = match self.host.flavour().is_opentofu() {
            true => open.renewed_with,
            false => open.opened_with,
        };
        let request = wire::close_ephemeral_resource::Request {
            type_name: self.name.to_owned(),
            private,
        };
        let answer = self
            .host
            .client()
            .close_ephemeral_resource(request)
            .await?
            .into_inner();
        warnings(answer.diagnostics)
    }
}
