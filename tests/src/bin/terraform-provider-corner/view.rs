//! `corner_view`: a data source.

use coffer_plugin::{Context, DataSource, Model, Result, Value, timeouts};

use crate::Corner;
use crate::mode::behave;
use crate::world::broken;

/// The wards that there are.
#[derive(Model)]
pub(crate) struct View {
    /// How to behave: panic, fail, wait, hang.
    #[attr(optional)]
    mode: Value<String>,
    /// Their names.
    #[attr(computed)]
    names: Value<Vec<String>>,
    /// How long it may take.
    #[block]
    timeouts: Option<timeouts::DataSource>,
}

impl DataSource for View {
    type Provider = Corner;
    const TYPE_NAME: &'static str = "corner_view";

    async fn read(ctx: &Context<Corner>, config: Self) -> Result<Self> {
        behave(ctx, "view", &config.mode).await?;
        let names = Value::Known(ctx.data().names().map_err(broken)?);
        Ok(Self { names, ..config })
    }
}
