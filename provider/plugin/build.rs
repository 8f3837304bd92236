//! Generates the messages and services of tfplugin5, go-plugin and gRPC health from `proto/`.
//! protox parses the files in Rust, so no `protoc` is needed.

use std::error::Error;

const PROTOS: [&str; 3] = ["tfplugin5.11.proto", "go_plugin.proto", "health.proto"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=proto");
    let mut descriptors = protox::compile(PROTOS, ["proto"])?;
    for file in &mut descriptors.file {
        // Comments: some look like code to rustdoc, which would run it.
        file.source_code_info = None;
    }
    tonic_prost_build::configure()
        .build_client(false)
        .build_transport(false)
        .compile_fds(descriptors)?;
    Ok(())
}
