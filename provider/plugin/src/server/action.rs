//! PlanAction and InvokeAction.

use std::sync::Arc;

use futures_util::stream::poll_fn;
use tokio::sync::mpsc;

use crate::action::Progress;
use crate::diagnostic::Diagnostics;
use crate::proto::tfplugin5 as wire;
use crate::provider::Provider;

use super::answer::{Answer, failed, reported};
use super::answering::{ACTION, Answers, Begun, Rpc, not_finished, within};
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

/// The answer to InvokeAction: a stream, while the work goes on in a task of its own.
pub(super) fn stream<P: Provider>(
    server: &Arc<Server<P>>,
    request: wire::invoke_action::Request,
) -> Answers<Event> {
    let subject = Some((ACTION, request.action_type.as_str()));
    let begun = Begun::new::<P>(&Rpc {
        name: "InvokeAction",
        subject,
    });
    let (events, mut receiver) = mpsc::unbounded_channel();
    let work = invoke(Arc::clone(server), request, events.clone());
    let work = tokio::spawn(within(begun.id(), work));
    tokio::spawn(async move {
        let end = work.await;
        let diagnostics =
            end.unwrap_or_else(|error| not_finished("InvokeAction", error.is_panic()));
        begun.finish(&diagnostics);
        // A host that has gone needs no explanation.
        let _ = events.send(completed(diagnostics));
    });
    Box::pin(poll_fn(move |context| {
        receiver.poll_recv(context).map(|event| event.map(Ok))
    }))
}

/// Does it; progress goes to `events` on the way. The diagnostics are those of its end.
async fn invoke<P: Provider>(
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
    let invoking = action.invoke(&ctx, config, Progress { events });
    let invoked = supervise(&ctx, Interruption::Costly, invoking).await;
    invoked.map_err(|errors| failed(&ctx, errors))?;
    Ok(reported(&ctx))
}

/// The last event of an action.
fn completed(diagnostics: Diagnostics) -> Event {
    let completed = event::Completed {
        diagnostics: diagnostics.into_wire(),
    };
    Event {
        r#type: Some(event::Type::Completed(completed)),
    }
}
