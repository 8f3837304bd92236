//! Misbehaviour on request.

use coffer_plugin::{Context, Diagnostic, Result, Value};

use crate::Corner;

/// What a panic says; it must be seen nowhere.
pub(crate) const WORDS_OF_A_PANIC: &str = "words-of-a-panic";

#[allow(clippy::panic, reason = "what the SDK makes of it is what is tested")]
pub(crate) fn panic() -> ! {
    panic!("{WORDS_OF_A_PANIC}")
}

/// Does what `mode` asks for before anything else.
pub(crate) async fn behave(ctx: &Context<Corner>, what: &str, mode: &Value<String>) -> Result<()> {
    match mode.as_known().map(String::as_str) {
        Some("panic") => panic(),
        Some("fail") => Err(Diagnostic::error("Failed", "As asked.").at("mode").into()),
        Some("fail twice") => {
            ctx.warn("Take care", "As asked.");
            ctx.report(Diagnostic::error("Failed", "As asked.").at("mode"));
            Err(Diagnostic::error("Failed again", "As asked.").into())
        }
        Some("wait") => {
            ctx.data()
                .note(&format!("{what} waits"))
                .map_err(crate::world::broken)?;
            ctx.cancelled().await;
            ctx.data()
                .note(&format!("{what} was interrupted"))
                .map_err(crate::world::broken)?;
            Err(Diagnostic::error("Gave up", "It was interrupted in time.").into())
        }
        Some("hang") => {
            ctx.data()
                .note(&format!("{what} hangs"))
                .map_err(crate::world::broken)?;
            std::future::pending().await
        }
        _ => Ok(()),
    }
}
