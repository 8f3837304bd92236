//! ListResource.

use std::sync::Arc;

use tokio::sync::mpsc;

use crate::diagnostic::Diagnostics;
use crate::planning::remove_write_only;
use crate::proto::tfplugin5 as wire;
use crate::provider::Provider;
use crate::registration::{AnyFound, AnyListed, AnyResource};

use super::answer::{failed, reported};
use super::identity::encode_identity;
use super::supervise::{Interruption, supervise};
use super::timeouts::timeout;
use super::values::{decode, encode};
use super::{CallSpec, Server};

use wire::list_resource::Event;

/// Hands each object to `events`. The diagnostics are those of its end.
pub(super) async fn list<P: Provider>(
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
pub(super) fn trouble(diagnostics: Diagnostics) -> Event {
    Event {
        diagnostic: diagnostics.into_wire(),
        ..Event::default()
    }
}
