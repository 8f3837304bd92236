//! Data sources without their types.

use std::sync::OnceLock;
use std::time::Duration;

use crate::Result;
use crate::context::Context;
use crate::cty::Cty;
use crate::data_source::DataSource;
use crate::diagnostic::Diagnostics;
use crate::provider::Provider;
use crate::schema::Schema;
use crate::validate_config::ValidateConfig;

use super::{BoxFuture, ConfigRule, encoded, judge};

/// A data source and its abilities. Made by [`data_source`].
pub struct DataSourceRegistration<D: DataSource> {
    schema: OnceLock<Schema>,
    validate: Option<ConfigRule<D>>,
}

/// Registers the data source `D`, without abilities yet.
#[must_use]
pub fn data_source<D: DataSource>() -> DataSourceRegistration<D> {
    DataSourceRegistration {
        schema: OnceLock::new(),
        validate: None,
    }
}

impl<D: DataSource> DataSourceRegistration<D> {
    /// It judges its configuration.
    #[must_use]
    pub fn validates(mut self) -> Self
    where
        D: ValidateConfig,
    {
        self.validate = Some(D::validate_config);
        self
    }
}

impl<D: DataSource> std::fmt::Debug for DataSourceRegistration<D> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DataSourceRegistration({})", D::TYPE_NAME)
    }
}

/// A data source whose Rust type is forgotten.
pub(crate) trait AnyDataSource<P: Provider>: Send + Sync {
    fn schema(&self) -> &Schema;
    fn timeout(&self) -> Duration;
    fn validate(&self, config: Cty, diagnostics: &mut Diagnostics);
    fn read<'a>(&'a self, ctx: &'a Context<P>, config: Cty) -> BoxFuture<'a, Result<Cty>>;
}

impl<P: Provider, D: DataSource<Provider = P>> AnyDataSource<P> for DataSourceRegistration<D> {
    fn schema(&self) -> &Schema {
        self.schema.get_or_init(|| Schema {
            version: 0,
            block: D::block(),
        })
    }

    fn timeout(&self) -> Duration {
        D::TIMEOUT
    }

    fn validate(&self, config: Cty, diagnostics: &mut Diagnostics) {
        judge(self.validate, config, diagnostics);
    }

    fn read<'a>(&'a self, ctx: &'a Context<P>, config: Cty) -> BoxFuture<'a, Result<Cty>> {
        Box::pin(async move { encoded(D::read(ctx, D::from_cty(config)?).await) })
    }
}
