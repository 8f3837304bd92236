//! `corner_pass`: an ephemeral resource whose life is noted.

use std::time::{Duration, SystemTime};

use coffer_plugin::{
    Close, Context, Diagnostic, Diagnostics, EphemeralResource, Model, Opened, Renew, Result,
    ValidateConfig, Value, timeouts,
};

use crate::Corner;
use crate::mode::behave;
use crate::world::broken;

/// A pass for one run.
#[derive(Model)]
pub(crate) struct Pass {
    /// Whose.
    #[attr(required)]
    name: Value<String>,
    /// Renewed after so many milliseconds.
    #[attr(optional)]
    renew_ms: Value<u32>,
    /// How to behave: panic, fail, wait, hang, later, unclosable.
    #[attr(optional)]
    mode: Value<String>,
    /// What it says.
    #[attr(computed, sensitive)]
    token: Value<String>,
    /// How long it may take.
    #[block]
    timeouts: Option<timeouts::Ephemeral>,
}

/// What the provider notes of an open pass.
#[derive(serde::Serialize, serde::Deserialize)]
pub(crate) struct Lease {
    name: String,
    renew_ms: Option<u32>,
    closable: bool,
}

fn in_milliseconds(milliseconds: u32) -> SystemTime {
    SystemTime::now() + Duration::from_millis(milliseconds.into())
}

impl ValidateConfig for Pass {
    fn validate_config(config: &Self, diagnostics: &mut Diagnostics) {
        if config.name.as_known().is_some_and(|name| name == "nobody") {
            diagnostics.error_at("name", "No such person", "Name another.");
        }
    }
}

impl EphemeralResource for Pass {
    type Provider = Corner;
    type Lease = Lease;
    const TYPE_NAME: &'static str = "corner_pass";

    async fn open(ctx: &Context<Corner>, config: Self) -> Result<Opened<Self>> {
        let name = config.name.clone().require("name")?;
        behave(ctx, &format!("open {name}"), &config.mode).await?;
        ctx.data().note(&format!("open {name}")).map_err(broken)?;
        let mode = config.mode.as_known().map(String::as_str);
        let token = match mode {
            Some("later") if !ctx.host().deferral_allowed => Value::Unknown,
            _ => Value::Known(format!("token-of-{name}")),
        };
        let lease = Lease {
            name,
            renew_ms: config.renew_ms.as_known().copied(),
            closable: mode != Some("unclosable"),
        };
        let renew_at = lease.renew_ms.map(in_milliseconds);
        Ok(Opened::leased(Self { token, ..config }, lease).renew_at(renew_at))
    }
}

impl Renew for Pass {
    async fn renew(ctx: &Context<Corner>, lease: &Lease) -> Result<Option<SystemTime>> {
        ctx.data()
            .note(&format!("renew {}", lease.name))
            .map_err(broken)?;
        Ok(lease.renew_ms.map(in_milliseconds))
    }
}

impl Close for Pass {
    async fn close(ctx: &Context<Corner>, lease: Lease) -> Result<()> {
        ctx.data()
            .note(&format!("close {}", lease.name))
            .map_err(broken)?;
        if lease.closable {
            Ok(())
        } else {
            Err(Diagnostic::error("Not closed", "Try again.").into())
        }
    }
}
