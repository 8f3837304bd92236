//! `corner_ring`: an action.

use coffer_plugin::{Action, Context, Diagnostic, Model, Progress, Result, Value};

use crate::Corner;
use crate::mode::behave;
use crate::world::broken;

/// Rings the bell.
#[derive(Model)]
pub(crate) struct Ring {
    /// How often.
    #[attr(required)]
    times: Value<u8>,
    /// How to behave: panic, fail, wait, hang.
    #[attr(optional)]
    mode: Value<String>,
}

impl Action for Ring {
    type Provider = Corner;
    const TYPE_NAME: &'static str = "corner_ring";

    async fn plan(_: &Context<Corner>, config: &Self) -> Result<()> {
        if config.times.as_known() == Some(&0) {
            return Err(Diagnostic::error("Nothing to ring", "Ring once at least.")
                .at("times")
                .into());
        }
        Ok(())
    }

    async fn invoke(ctx: &Context<Corner>, config: Self, progress: &Progress) -> Result<()> {
        for time in 1..=config.times.require("times")? {
            progress.report(format!("ring {time}"));
            ctx.data().note("ring").map_err(broken)?;
        }
        behave(ctx, "ring", &config.mode).await
    }
}
