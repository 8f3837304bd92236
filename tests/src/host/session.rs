//! A provider that is started, connected and asked for its schema.

use std::time::{Duration, SystemTime};

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tonic::transport::Channel;

use super::channel;
use super::codec;
use super::diagnostic::Diagnostic;
use super::failure::{Failure, warnings};
use super::flavour::{Flavour, Walk};
use super::process::{Ended, Process};
use super::program::Program;
use super::proto::go_plugin::grpc_broker_client::GrpcBrokerClient;
use super::proto::go_plugin::grpc_controller_client::GrpcControllerClient;
use super::proto::go_plugin::grpc_stdio_client::GrpcStdioClient;
use super::proto::go_plugin::{ConnInfo, Empty};
use super::proto::health::HealthCheckRequest;
use super::proto::health::health_check_response::ServingStatus;
use super::proto::health::health_client::HealthClient;
use super::proto::tfplugin5 as wire;
use super::proto::tfplugin5::provider_client::ProviderClient;
use super::schema::ProviderSchema;
use super::value::Value;

/// go-plugin kills a plugin that has not ended this long after it was asked to.
const GRACE: Duration = Duration::from_secs(2);
/// Terraform allows 64 MiB for a schema and Go's largest `int32` for the rest.
const LARGEST_MESSAGE: usize = i32::MAX as usize;

/// A host with its one provider. When it is dropped, the provider is killed.
#[derive(Debug)]
pub struct Host {
    process: Process,
    channel: Channel,
    flavour: Flavour,
    schema: ProviderSchema,
    /// Dropping it ends the broker's stream.
    _broker: mpsc::Sender<ConnInfo>,
    streams: Vec<JoinHandle<()>>,
    /// How long GetSchema took.
    pub schema_took: Duration,
}

impl Host {
    /// Starts `program` and does all that a host does before the first real call: handshake, TLS, broker and output
    /// streams, GetSchema.
    ///
    /// # Errors
    /// When any of it fails.
    pub async fn start(program: &Program) -> Result<Self, Failure> {
        let process = Process::start(program).await?;
        let channel = channel::connect(&process.handshake, process.certificate.as_ref()).await?;
        let (broker, outgoing) = mpsc::channel(1);
        let streams = hold_streams(&channel, outgoing);
        let began = std::time::Instant::now();
        let schema = client(&channel)
            .get_schema(wire::get_provider_schema::Request {})
            .await?
            .into_inner();
        let schema_took = began.elapsed();
        warnings(schema.diagnostics.clone())?;
        let mut schema = ProviderSchema::from_wire(schema)?;
        if program.flavour.is_opentofu() {
            let functions = client(&channel)
                .get_functions(wire::get_functions::Request {})
                .await?
                .into_inner();
            warnings(functions.diagnostics)?;
            schema.functions = functions.functions.into_iter().collect();
        }
        Ok(Self {
            process,
            channel,
            flavour: program.flavour,
            schema,
            _broker: broker,
            streams,
            schema_took,
        })
    }

    /// Whether the broker's and the output's streams are both open: go-plugin takes the end of one for the end of the
    /// plugin.
    #[must_use]
    pub fn holds_its_streams(&self) -> bool {
        self.streams.iter().all(|stream| !stream.is_finished())
    }

    /// The bare client, for calls that no host would make.
    #[must_use]
    pub fn client(&self) -> ProviderClient<Channel> {
        client(&self.channel)
    }

    /// The provider's process.
    #[must_use]
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// Which host is played.
    #[must_use]
    pub fn flavour(&self) -> Flavour {
        self.flavour
    }

    /// All that the provider said about itself.
    #[must_use]
    pub fn schema(&self) -> &ProviderSchema {
        &self.schema
    }

    /// Has the provider block judged, and the provider configured with it.
    ///
    /// # Errors
    /// What it reports; or that it changed the configuration, which Terraform does not allow.
    pub async fn configure(&self, walk: Walk, config: &Value) -> Result<Vec<Diagnostic>, Failure> {
        let block = &self.schema.provider.block;
        let (ty, config) = (block.ty(), &block.complete(config));
        let request = wire::prepare_provider_config::Request {
            config: Some(codec::encode(config, &ty)?),
        };
        let prepared = self
            .client()
            .prepare_provider_config(request)
            .await?
            .into_inner();
        let mut said = warnings(prepared.diagnostics)?;
        let returned = codec::decode(prepared.prepared_config.as_ref(), &ty)?;
        if !returned.is_null() && returned != *config {
            return Err(Failure::Rule("the provider block was changed".to_owned()));
        }
        let request = wire::configure::Request {
            terraform_version: self.flavour.version().to_owned(),
            config: Some(codec::encode(config, &ty)?),
            client_capabilities: self.flavour.configure(walk),
        };
        let configured = self.client().configure(request).await?.into_inner();
        said.extend(warnings(configured.diagnostics)?);
        Ok(said)
    }

    /// A provider block of these attributes.
    pub fn provider_config<'a>(
        &self,
        members: impl IntoIterator<Item = (&'a str, Value)>,
    ) -> Value {
        self.schema.provider.config(members)
    }

    /// Whether the health service takes the plugin for serving.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn is_healthy(&self) -> Result<bool, Failure> {
        let request = HealthCheckRequest {
            service: "plugin".to_owned(),
        };
        let answer = HealthClient::new(self.channel.clone())
            .check(request)
            .await?;
        Ok(answer.into_inner().status() == ServingStatus::Serving)
    }

    /// Has all that runs cancelled, as after an interrupt.
    ///
    /// # Errors
    /// When the provider says that it could not.
    pub async fn stop(&self) -> Result<(), Failure> {
        let answer = self
            .client()
            .stop(wire::stop::Request {})
            .await?
            .into_inner();
        match answer.error.as_str() {
            "" => Ok(()),
            error => Err(Failure::Rule(format!("Stop: {error}"))),
        }
    }

    /// Ends the provider as go-plugin does.
    ///
    /// # Errors
    /// When it has not ended within 2 seconds; go-plugin would kill it.
    pub async fn shutdown(self) -> Result<Ended, Failure> {
        let mut controller = GrpcControllerClient::new(self.channel.clone());
        // The provider may be faster than its answer.
        let _ = timeout(GRACE, controller.shutdown(Empty {})).await;
        self.process.ended(GRACE).await
    }

    /// Goes away without a word, as a host that has crashed: its connection closes, its provider stays.
    #[must_use]
    pub fn vanish(self) -> Process {
        for stream in self.streams {
            stream.abort();
        }
        self.process
    }
}

fn client(channel: &Channel) -> ProviderClient<Channel> {
    ProviderClient::new(channel.clone())
        .max_decoding_message_size(LARGEST_MESSAGE)
        .max_encoding_message_size(LARGEST_MESSAGE)
}

/// Opens the streams that go-plugin's host holds open and silent.
fn hold_streams(channel: &Channel, outgoing: mpsc::Receiver<ConnInfo>) -> Vec<JoinHandle<()>> {
    let mut broker = GrpcBrokerClient::new(channel.clone());
    let mut stdio = GrpcStdioClient::new(channel.clone());
    let outgoing = futures_util::stream::unfold(outgoing, |mut outgoing| async move {
        outgoing.recv().await.map(|info| (info, outgoing))
    });
    vec![
        tokio::spawn(async move {
            if let Ok(answers) = broker.start_stream(outgoing).await {
                let mut answers = answers.into_inner();
                while let Ok(Some(_)) = answers.message().await {}
            }
        }),
        tokio::spawn(async move {
            if let Ok(answers) = stdio.stream_stdio(()).await {
                let mut answers = answers.into_inner();
                while let Ok(Some(_)) = answers.message().await {}
            }
        }),
    ]
}

/// A time on the wire.
pub(super) fn time(stamp: Option<prost_types::Timestamp>) -> Option<SystemTime> {
    stamp.and_then(|stamp| stamp.try_into().ok())
}
