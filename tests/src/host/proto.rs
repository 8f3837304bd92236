//! The generated messages and client stubs.

#![allow(
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    clippy::all,
    reason = "generated code"
)]

/// Terraform's plugin protocol, version 5.11.
pub mod tfplugin5 {
    tonic::include_proto!("tfplugin5");
}

/// The services of go-plugin.
pub mod go_plugin {
    tonic::include_proto!("plugin");
}

/// The health service of gRPC.
pub mod health {
    tonic::include_proto!("grpc.health.v1");
}
