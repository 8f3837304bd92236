//! Start and end of the process.

mod connection;
mod handshake;
mod host;
mod mtls;
mod panics;
mod signals;
mod socket;

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tonic::transport::server::Router;

use crate::log;
use crate::proto::go_plugin::grpc_broker_server::GrpcBrokerServer;
use crate::proto::go_plugin::grpc_controller_server::GrpcControllerServer;
use crate::proto::go_plugin::grpc_stdio_server::GrpcStdioServer;
use crate::proto::health::health_server::HealthServer;
use crate::proto::tfplugin5::provider_server::ProviderServer;
use crate::provider::Provider;
use crate::server::{Server, Service};
use crate::services::{Broker, Controller, Health, Stdio};

use handshake::{HandshakeError, HostRequest};
use host::HostWatch;
use signals::Signals;
use socket::Endpoint;

/// How long closing what is open may take. The host kills the process 2 seconds after it asked for the end.
const WIND_DOWN: Duration = Duration::from_millis(1500);
/// How long the last answers may take to reach the host.
const LAST_ANSWERS: Duration = Duration::from_millis(200);
/// Terraform sends whole states; its own limit is that of a Go `int32`.
const LARGEST_MESSAGE: usize = i32::MAX as usize;

/// Serves `P` to the Terraform that started this process, until that ends it. All of a provider's `main`.
///
/// Started by hand, it tells the human what this program is and fails.
#[must_use]
pub fn serve<P: Provider>() -> ExitCode {
    let request = match HostRequest::from_environment(|name| std::env::var(name).ok()) {
        Ok(request) => request,
        Err(error) => return refuse(&error.to_string()),
    };
    log::start(P::NAME);
    panics::hide_payloads();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name(P::NAME)
        .enable_all()
        .build();
    let code = match runtime {
        Err(error) => refuse(&format!("The provider cannot start its threads: {error}.")),
        Ok(runtime) => {
            let result = runtime.block_on(run::<P>(request));
            runtime.shutdown_background();
            match result {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => refuse(&error.to_string()),
            }
        }
    };
    log::flush(LAST_ANSWERS);
    code
}

/// The host shows what a plugin writes to standard error when it does not come up.
fn refuse(text: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "{text}");
    ExitCode::FAILURE
}

async fn run<P: Provider>(request: HostRequest) -> Result<(), HandshakeError> {
    let mut signals = Signals::install().map_err(HandshakeError::Signals)?;
    let host = HostWatch::new();
    let identity = request
        .client_certificate
        .as_deref()
        .map(mtls::Identity::new)
        .transpose()?;
    let mut endpoint = Endpoint::open(request.socket_directory.as_deref())?;
    let line = handshake::line(&endpoint.address(), identity.as_ref(), request.multiplex);
    let _socket_directory = endpoint.directory();

    // `ending` stops the streams that are held open, `ended` the server.
    let (ending, ended) = (CancellationToken::new(), CancellationToken::new());
    let server = Server::<P>::new();
    let incoming = connection::accept(endpoint.listener, identity, host.clone());
    let serving = tokio::spawn(
        router(server.clone(), &ending, host.clone())
            .serve_with_incoming_shutdown(incoming, ended.clone().cancelled_owned()),
    );

    let mut stdout = std::io::stdout();
    writeln!(stdout, "{line}")
        .and_then(|()| stdout.flush())
        .map_err(HandshakeError::Announce)?;

    let why = tokio::select! {
        () = ending.cancelled() => "the host asked for it",
        () = host.gone() => "the host has gone",
        () = signals.terminated() => "a signal asked for it",
    };
    log::sdk(
        log::Level::Debug,
        "Provider ends",
        &[("reason", why.into())],
    );
    ending.cancel();
    server.wind_down(WIND_DOWN).await;
    ended.cancel();
    // An answer that does not get through now never will: the host is about to kill the process.
    let _ = tokio::time::timeout(LAST_ANSWERS, serving).await;
    Ok(())
}

fn router<P: Provider>(
    server: Arc<Server<P>>,
    ending: &CancellationToken,
    host: HostWatch,
) -> Router {
    let provider = ProviderServer::new(Service(server))
        .max_decoding_message_size(LARGEST_MESSAGE)
        .max_encoding_message_size(LARGEST_MESSAGE);
    tonic::transport::Server::builder()
        .add_service(tonic::service::interceptor::InterceptedService::new(
            provider,
            move |request| {
                host.heard();
                Ok(request)
            },
        ))
        .add_service(GrpcBrokerServer::new(Broker::new(ending.clone())))
        .add_service(GrpcStdioServer::new(Stdio::new(ending.clone())))
        .add_service(GrpcControllerServer::new(Controller::new(ending.clone())))
        .add_service(HealthServer::new(Health::new(ending.clone())))
}
