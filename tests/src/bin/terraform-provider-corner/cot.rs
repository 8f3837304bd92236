//! `corner_cot`: what a ward was before it was moved.

use coffer_plugin::{Context, Create, Model, Resource, Result, Update, Value};

use crate::Corner;
use crate::world::broken;

/// A cot.
#[derive(Model)]
pub(crate) struct Cot {
    /// What it is called.
    #[attr(required, requires_replace)]
    title: Value<String>,
}

impl Resource for Cot {
    type Provider = Corner;
    const TYPE_NAME: &'static str = "corner_cot";

    async fn create(ctx: &Context<Corner>, change: Create<Self>) -> Result<Self> {
        let title = change.plan.title.clone().require("title")?;
        ctx.data().put(&title, "").map_err(broken)?;
        Ok(change.plan)
    }

    async fn read(ctx: &Context<Corner>, state: Self) -> Result<Option<Self>> {
        let title = state.title.clone().require("title")?;
        Ok(ctx.data().has(&title).then_some(state))
    }

    async fn update(_: &Context<Corner>, change: Update<Self>) -> Result<Self> {
        Ok(change.plan)
    }

    async fn delete(ctx: &Context<Corner>, state: Self) -> Result<()> {
        let title = state.title.require("title")?;
        ctx.data().remove(&title).map_err(broken)
    }
}
