//! A provider for the corners of the protocol. It keeps its wards in a folder, notes in `spy.log` beside them what it is
//! asked to do, and misbehaves when asked to. Its scenarios are those of HashiCorp's terraform-provider-corner.
#![forbid(unsafe_code)]

mod bell;
mod cot;
mod functions;
mod mode;
mod pass;
mod view;
mod ward;
mod ward_state;
mod wards;
mod world;

use std::process::ExitCode;

use coffer_plugin::registration::{
    action, data_source, ephemeral, function, list_resource, resource,
};
use coffer_plugin::{Call, Diagnostic, Diagnostics, Model, Offers, Provider, Result, Value};

use world::World;

/// A hospital in a folder.
#[derive(Model)]
struct CornerConfig {
    /// The folder. Without one nothing is kept.
    #[attr(optional)]
    folder: Value<String>,
    /// What may be unknown until it is used.
    #[attr(optional)]
    region: Value<String>,
}

struct Corner;

impl Provider for Corner {
    type Config = CornerConfig;
    type Data = World;

    const NAME: &'static str = "corner";
    const ADDRESS: &'static str = "registry.terraform.io/coffer/corner";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    fn offers() -> Offers<Self> {
        Offers::new()
            .resource(
                resource::<ward::Ward>()
                    .validates()
                    .modifies_plan()
                    .imports()
                    .imports_by_identity()
                    .upgrades()
                    .moves(),
            )
            .resource(resource::<cot::Cot>())
            .ephemeral(ephemeral::<pass::Pass>().validates().renews().closes())
            .data_source(data_source::<view::View>())
            .function(function::<functions::Join>())
            .function(function::<functions::Same>())
            .function(function::<functions::Twice>())
            .action(action::<bell::Ring>())
            .list_resource(list_resource::<wards::Wards>())
    }

    fn validate_config(config: &CornerConfig, diagnostics: &mut Diagnostics) {
        if config
            .region
            .as_known()
            .is_some_and(|region| region == "nowhere")
        {
            diagnostics.error_at("region", "No such region", "Name another.");
        }
    }

    async fn configure(_: &Call, config: CornerConfig) -> Result<World> {
        if config
            .region
            .as_known()
            .is_some_and(|region| region == "panic")
        {
            mode::panic();
        }
        let world = World::new(config.folder.into_known(), config.region);
        world.note("configure").map_err(|error| {
            Diagnostic::error("Folder cannot be written", error.to_string()).at("folder")
        })?;
        Ok(world)
    }

    async fn shutdown(world: &World) {
        let _ = world.note("farewell");
    }
}

fn main() -> ExitCode {
    coffer_plugin::serve::<Corner>()
}
