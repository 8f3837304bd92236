//! GRPCBroker: further connections between host and plugin, of which Terraform needs none.

use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, Streaming};

use crate::proto::go_plugin::ConnInfo;
use crate::proto::go_plugin::grpc_broker_server::GrpcBroker;

use super::{Answers, silence};

pub(crate) struct Broker {
    ending: CancellationToken,
}

impl Broker {
    pub(crate) fn new(ending: CancellationToken) -> Self {
        Self { ending }
    }
}

#[tonic::async_trait]
impl GrpcBroker for Broker {
    type StartStreamStream = Answers<ConnInfo>;

    async fn start_stream(
        &self,
        _: Request<Streaming<ConnInfo>>,
    ) -> Result<Response<Self::StartStreamStream>, Status> {
        Ok(Response::new(silence(self.ending.clone())))
    }
}
