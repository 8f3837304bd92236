//! Generates the messages and services of tfplugin5, go-plugin and gRPC health from `proto/`.
//! protox parses the files in Rust, so no `protoc` is needed.

use std::error::Error;

const PROTOS: [&str; 3] = ["tfplugin5.11.proto", "go_plugin.proto", "health.proto"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=proto");
    let descriptors = protox::compile(PROTOS, ["proto"])?;
    tonic_prost_build::configure()
        .build_client(false)
        .build_transport(false)
        .compile_fds(descriptors)?;
    Ok(())
}
