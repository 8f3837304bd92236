//! Actions: something done on request, which leaves no state (Terraform 1.14 and later).

use std::future::Future;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::Result;
use crate::context::Context;
use crate::model::Model;
use crate::proto::tfplugin5::invoke_action::{Event, event};
use crate::provider::Provider;

/// An action. The struct is its configuration.
pub trait Action: Model {
    /// The provider that offers it.
    type Provider: Provider;

    /// The full type name: `coffer_rotate`.
    const TYPE_NAME: &'static str;
    /// How long it may take, unless `timeouts {}` says otherwise.
    const TIMEOUT: Duration = Duration::from_secs(20 * 60);

    /// Looks ahead: refuse here what cannot succeed. Values may be unknown.
    ///
    /// # Errors
    /// Diagnostics.
    fn plan(
        ctx: &Context<Self::Provider>,
        config: &Self,
    ) -> impl Future<Output = Result<()>> + Send {
        let _ = (ctx, config);
        async { Ok(()) }
    }

    /// Does it.
    ///
    /// # Errors
    /// Diagnostics.
    fn invoke(
        ctx: &Context<Self::Provider>,
        config: Self,
        progress: &Progress,
    ) -> impl Future<Output = Result<()>> + Send;
}

/// Tells the user how far an action has come.
#[derive(Debug)]
pub struct Progress {
    pub(crate) events: mpsc::UnboundedSender<Event>,
}

impl Progress {
    /// Shows a line. It may hold no secret.
    pub fn report(&self, message: impl Into<String>) {
        let progress = event::Progress {
            message: message.into(),
        };
        // A host that has gone reads no more progress.
        let _ = self.events.send(Event {
            r#type: Some(event::Type::Progress(progress)),
        });
    }
}
