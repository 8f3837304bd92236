//! The service as a host sees it, with a provider that notes what it is asked to do.

mod action;
mod channel;
mod configure;
mod ephemeral;
mod function;
mod identity;
mod lifecycle;
mod list;
mod planning;
mod schema;
mod spy;
mod upgrade;
mod validate;

use std::collections::BTreeMap;
use std::sync::Arc;

use tonic::Request;

use crate::cty::{Cty, CtyType};
use crate::model::Model;
use crate::proto::tfplugin5 as wire;
use crate::proto::tfplugin5::provider_server::Provider as _;

use super::{Server, Service};
use spy::{Lease, Notes, Spy, Thing};

const WRITE_ONLY: wire::ClientCapabilities = wire::ClientCapabilities {
    deferral_allowed: false,
    write_only_attributes_allowed: true,
};

/// A served provider, configured.
struct Host {
    service: Service<Spy>,
    notes: Arc<Notes>,
}

impl Host {
    async fn new() -> Self {
        let service = Service(Server::<Spy>::new());
        let ty = <Spy as crate::Provider>::Config::block().cty_type();
        let request = wire::configure::Request {
            terraform_version: "1.11.4".to_owned(),
            config: dynamic(&Cty::object([("endpoint", Cty::Unknown)]), &ty),
            client_capabilities: None,
        };
        let configured = service
            .configure(Request::new(request))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(configured.diagnostics, []);
        let ctx = service
            .0
            .context("test", super::CallSpec::default())
            .unwrap();
        Self {
            notes: Arc::clone(ctx.data()),
            service,
        }
    }

    async fn plan(
        &self,
        prior: &Cty,
        proposed: &Cty,
        config: &Cty,
    ) -> wire::plan_resource_change::Response {
        let ty = thing_type();
        let request = wire::plan_resource_change::Request {
            type_name: "spy_thing".to_owned(),
            prior_state: dynamic(prior, &ty),
            proposed_new_state: dynamic(proposed, &ty),
            config: dynamic(config, &ty),
            client_capabilities: Some(WRITE_ONLY),
            ..Default::default()
        };
        self.service
            .plan_resource_change(Request::new(request))
            .await
            .unwrap()
            .into_inner()
    }

    async fn apply(
        &self,
        prior: &Cty,
        planned: &Cty,
        config: &Cty,
    ) -> wire::apply_resource_change::Response {
        let ty = thing_type();
        let request = wire::apply_resource_change::Request {
            type_name: "spy_thing".to_owned(),
            prior_state: dynamic(prior, &ty),
            planned_state: dynamic(planned, &ty),
            config: dynamic(config, &ty),
            ..Default::default()
        };
        self.service
            .apply_resource_change(Request::new(request))
            .await
            .unwrap()
            .into_inner()
    }

    async fn open(&self, config: &Cty) -> wire::open_ephemeral_resource::Response {
        let request = wire::open_ephemeral_resource::Request {
            type_name: "spy_lease".to_owned(),
            config: dynamic(config, &Lease::block().cty_type()),
            client_capabilities: None,
        };
        self.service
            .open_ephemeral_resource(Request::new(request))
            .await
            .unwrap()
            .into_inner()
    }
}

fn thing_type() -> CtyType {
    Thing::block().cty_type()
}

fn dynamic(value: &Cty, ty: &CtyType) -> Option<wire::DynamicValue> {
    super::values::encode(value, ty).unwrap()
}

fn value(value: Option<&wire::DynamicValue>, ty: &CtyType) -> Cty {
    super::values::decode(value.cloned(), ty, "value").unwrap()
}

/// A configuration or state of `spy_thing`: null but for `attributes`, no blocks.
fn thing(attributes: &[(&str, Cty)]) -> Cty {
    filled(Thing::null().to_cty(), attributes)
}

/// A configuration of `spy_lease`.
fn lease(attributes: &[(&str, Cty)]) -> Cty {
    filled(Lease::null().to_cty(), attributes)
}

fn filled(object: Cty, attributes: &[(&str, Cty)]) -> Cty {
    let Cty::Object(mut values): Cty = object else {
        panic!("no object")
    };
    for (name, value) in attributes {
        assert!(
            values.insert((*name).to_owned(), value.clone()).is_some(),
            "{name}"
        );
    }
    Cty::Object(values)
}

/// A `tag` block.
fn tag(text: &str, id: Cty) -> Cty {
    Cty::Object(BTreeMap::from([
        ("text".to_owned(), text.into()),
        ("id".to_owned(), id),
    ]))
}

/// The summaries of diagnostics, with the first step of their paths.
fn told(diagnostics: &[wire::Diagnostic]) -> Vec<(String, String)> {
    use wire::attribute_path::step::Selector;
    let first = |diagnostic: &wire::Diagnostic| {
        let step = diagnostic
            .attribute
            .as_ref()?
            .steps
            .first()?
            .selector
            .clone()?;
        match step {
            Selector::AttributeName(name) => Some(name),
            other => Some(format!("{other:?}")),
        }
    };
    diagnostics
        .iter()
        .map(|diagnostic| {
            (
                diagnostic.summary.clone(),
                first(diagnostic).unwrap_or_default(),
            )
        })
        .collect()
}
