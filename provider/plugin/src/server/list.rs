//! ListResource.

use std::sync::Arc;

use futures_util::stream::poll_fn;
use tokio::sync::mpsc;

use crate::diagnostic::Diagnostics;
use crate::planning::remove_write_only;
use crate::proto::tfplugin5 as wire;
use crate::provider::Provider;
use crate::registration::{AnyFound, AnyListed, AnyResource};

use super::answer::{failed, reported};
use super::answering::{Answers, Begun, LIST, Rpc, not_finished, within};
use super::identity::encode_identity;
use super::supervise::{Interruption, supervise};
use super::timeouts::timeout;
use super::values::{decode, encode};
use super::{CallSpec, Server};

use wire::list_resource::Event;

/// The answer to ListResource: a stream, while the work goes on in a task of its own.
pub(super) fn stream<P: Provider>(
    server: &Arc<Server<P>>,
    request: wire::list_resource::Request,
) -> Answers<Event> {
    let subject = Some((LIST, request.type_name.as_str()));
    let begun = Begun::new::<P>(&Rpc {
        name: "ListResource",
        subject,
    });
    let (events, mut receiver) = mpsc::channel(1);
    let work = list(Arc::clone(server), request, events.clone());
    let work = tokio::spawn(within(begun.id(), work));
    tokio::spawn(async move {
        let end = work.await;
        let diagnostics =
            end.unwrap_or_else(|error| not_finished("ListResource", error.is_panic()));
        begun.finish(&diagnostics);
        if !diagnostics.is_empty() {
            // A host that has gone needs no explanation.
            let _ = events.send(trouble(diagnostics)).await;
        }
    });
    Box::pin(poll_fn(move |context| {
        receiver.poll_recv(context).map(|event| event.map(Ok))
    }))
}

/// Hands each object to `events`. The diagnostics are those of its end.
async fn list<P: Provider>(
    server: Arc<Server<P>>,
    request: wire::list_resource::Request,
    events: mpsc::Sender<Event>,
) -> Diagnostics {
    match try_list(&server, request, events).await {
        Ok(diagnostics) | Err(diagnostics) => diagnostics,
    }
}

async fn try_list<P: Provider>(
    server: &Server<P>,
    request: wire::list_resource::Request,
    events: mpsc::Sender<Event>,
) -> Result<Diagnostics, Diagnostics> {
    let offers = server.offers();
    let name = &request.type_name;
    let listing = server.offered("list resource", &offers.list_resources, name)?;
    let resource = server.offered("resource", &offers.resources, name)?;
    let config = decode(
        request.config,
        &listing.schema().block.cty_type(),
        "configuration",
    )?;
    let spec = CallSpec {
        timeout: timeout(&config, "list", listing.timeout()),
        ..CallSpec::default()
    };
    let ctx = server.context("ListResource", spec)?;
    let (sender, mut found) = mpsc::channel(1);
    let target = AnyFound {
        wants_state: request.include_resource_object,
        // No limit is 0.
        limit: u64::try_from(request.limit)
            .ok()
            .filter(|limit| *limit > 0)
            .unwrap_or(u64::MAX),
        sender,
    };
    let searching = listing.list(&ctx, config, target);
    let forward = async {
        while let Some(listed) = found.recv().await {
            if events.send(event(resource, listed)).await.is_err() {
                found.close();
            }
        }
    };
    let work = async { tokio::join!(searching, forward).0 };
    let listed = supervise(&ctx, Interruption::Harmless, work).await;
    listed.map_err(|errors| failed(&ctx, errors))?;
    Ok(reported(&ctx))
}

fn event<P: Provider>(resource: &dyn AnyResource<P>, listed: AnyListed) -> Event {
    let mut diagnostics = listed.diagnostics;
    let identity = encode_identity(resource, Some(listed.identity)).unwrap_or_else(|errors| {
        diagnostics.extend(errors);
        None
    });
    let block = &resource.schema().block;
    let resource_object = listed.state.and_then(|mut state| {
        remove_write_only(block, &mut state);
        encode(&state, &block.cty_type()).unwrap_or_else(|errors| {
            diagnostics.extend(errors);
            None
        })
    });
    Event {
        identity,
        display_name: listed.display_name,
        resource_object,
        diagnostic: diagnostics.into_wire(),
    }
}

/// An event that is no object, but what went wrong.
fn trouble(diagnostics: Diagnostics) -> Event {
    Event {
        diagnostic: diagnostics.into_wire(),
        ..Event::default()
    }
}
