//! PlanAction and InvokeAction.

use std::sync::Arc;

use tokio::sync::mpsc;

use crate::action::Progress;
use crate::diagnostic::Diagnostics;
use crate::proto::tfplugin5 as wire;
use crate::provider::Provider;

use super::answer::{Answer, failed, reported};
use super::supervise::{Interruption, supervise};
use super::timeouts::timeout;
use super::values::decode;
use super::{CallSpec, Server, capabilities};

use wire::invoke_action::Event;
use wire::invoke_action::event;

pub(super) async fn plan<P: Provider>(
    server: Arc<Server<P>>,
    request: wire::plan_action::Request,
) -> Result<Answer<wire::plan_action::Response>, Diagnostics> {
    let action = server.offered("action", &server.offers().actions, &request.action_type)?;
    let config = decode(
        request.config,
        &action.schema().block.cty_type(),
        "configuration",
    )?;
    let spec = CallSpec {
        capabilities: capabilities(request.client_capabilities),
        timeout: Some(action.timeout()),
        ..CallSpec::default()
    };
    let ctx = server.context("PlanAction", spec)?;
    let planned = supervise(&ctx, Interruption::Harmless, action.plan(&ctx, config)).await;
    planned.map_err(|errors| failed(&ctx, errors))?;
    Ok(Answer::of(Default::default(), &ctx))
}

/// Does it; progress goes to `events` on the way. The diagnostics are those of its end.
pub(super) async fn invoke<P: Provider>(
    server: Arc<Server<P>>,
    request: wire::invoke_action::Request,
    events: mpsc::UnboundedSender<Event>,
) -> Diagnostics {
    match try_invoke(&server, request, events).await {
        Ok(diagnostics) | Err(diagnostics) => diagnostics,
    }
}

async fn try_invoke<P: Provider>(
    server: &Server<P>,
    request: wire::invoke_action::Request,
    events: mpsc::UnboundedSender<Event>,
) -> Result<Diagnostics, Diagnostics> {
    let action = server.offered("action", &server.offers().actions, &request.action_type)?;
    let config = decode(
        request.config,
        &action.schema().block.cty_type(),
        "configuration",
    )?;
    let spec = CallSpec {
        capabilities: capabilities(request.client_capabilities),
        timeout: timeout(&config, "invoke", action.timeout()),
        ..CallSpec::default()
    };
    let ctx = server.context("InvokeAction", spec)?;
    let (sender, mut messages) = mpsc::unbounded_channel();
    let forward = async {
        while let Some(message) = messages.recv().await {
            let progress = event::Type::Progress(event::Progress { message });
            // A host that has gone reads no more progress.
            let _ = events.send(Event {
                r#type: Some(progress),
            });
        }
    };
    let invoking = action.invoke(&ctx, config, Progress { sender });
    let work = async { tokio::join!(invoking, forward).0 };
    let invoked = supervise(&ctx, Interruption::Costly, work).await;
    invoked.map_err(|errors| failed(&ctx, errors))?;
    Ok(reported(&ctx))
}

/// The last event of an action.
pub(super) fn completed(diagnostics: Diagnostics) -> Event {
    let completed = event::Completed {
        diagnostics: diagnostics.into_wire(),
    };
    Event {
        r#type: Some(event::Type::Completed(completed)),
    }
}
