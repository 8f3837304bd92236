//! The generated messages and services. Not public: the wire is this crate's own affair.

#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    clippy::all
)]

/// Terraform's plugin protocol, version 5.11.
pub(crate) mod tfplugin5 {
    tonic::include_proto!("tfplugin5");
}

/// The services of go-plugin.
pub(crate) mod go_plugin {
    tonic::include_proto!("plugin");
}

/// The health service of gRPC.
pub(crate) mod health {
    tonic::include_proto!("grpc.health.v1");
}
