//! Generates the host's side of tfplugin5, go-plugin and gRPC health from the protocol files of the provider SDK.

use std::error::Error;

const FOLDER: &str = "../provider/plugin/proto";
const PROTOS: [&str; 3] = ["tfplugin5.11.proto", "go_plugin.proto", "health.proto"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={FOLDER}");
    let mut descriptors = protox::compile(PROTOS, [FOLDER])?;
    for file in &mut descriptors.file {
        // Comments: some look like code to rustdoc, which would run it.
        file.source_code_info = None;
    }
    tonic_prost_build::configure()
        .build_server(false)
        .build_transport(false)
        .compile_fds(descriptors)?;
    Ok(())
}
