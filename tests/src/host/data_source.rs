//! Reading a data source.

use super::codec;
use super::failure::{Failure, warnings};
use super::proto::tfplugin5 as wire;
use super::schema::Schema;
use super::session::Host;
use super::value::Value;

/// A data source of the provider.
#[derive(Clone, Copy, Debug)]
pub struct DataSource<'h> {
    host: &'h Host,
    name: &'h str,
    schema: &'h Schema,
}

impl Host {
    /// The data source `name`.
    ///
    /// # Errors
    /// When there is none.
    pub fn data_source<'h>(&'h self, name: &'h str) -> Result<DataSource<'h>, Failure> {
        let schema = self.schema().data_sources.get(name);
        let schema = schema.ok_or_else(|| Failure::NotOffered(format!("data source {name}")))?;
        Ok(DataSource {
            host: self,
            name,
            schema,
        })
    }
}

impl DataSource<'_> {
    /// Its schema.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        self.schema
    }

    /// Has `config` judged and, if that goes well, read.
    ///
    /// # Errors
    /// What the provider reports; or that its result has unknown values, or is null.
    pub async fn read(&self, config: &Value) -> Result<Value, Failure> {
        let ty = self.schema.block.ty();
        let request = wire::validate_data_source_config::Request {
            type_name: self.name.to_owned(),
            config: Some(self.schema.encode(config)?),
        };
        let validated = self
            .host
            .client()
            .validate_data_source_config(request)
            .await?;
        warnings(validated.into_inner().diagnostics)?;
        let request = wire::read_data_source::Request {
            type_name: self.name.to_owned(),
            config: Some(self.schema.encode(config)?),
            provider_meta: None,
            client_capabilities: self.host.flavour().resource(),
        };
        let read = self
            .host
            .client()
            .read_data_source(request)
            .await?
            .into_inner();
        warnings(read.diagnostics)?;
        if read.deferred.is_some() {
            return Err(Failure::Rule(
                "a data source was deferred, which was not allowed".to_owned(),
            ));
        }
        let state = codec::decode(read.state.as_ref(), &ty)?;
        if state.is_null() || !state.is_wholly_known() {
            return Err(Failure::Rule(format!("a data source gave {state}")));
        }
        Ok(state)
    }
}
