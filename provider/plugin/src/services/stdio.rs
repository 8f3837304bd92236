//! GRPCStdio: what the plugin prints after the handshake, which is nothing; the log goes to the real stderr.

use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

use crate::proto::go_plugin::StdioData;
use crate::proto::go_plugin::grpc_stdio_server::GrpcStdio;

use super::{Answers, silence};

pub(crate) struct Stdio {
    ending: CancellationToken,
}

impl Stdio {
    pub(crate) fn new(ending: CancellationToken) -> Self {
        Self { ending }
    }
}

#[tonic::async_trait]
impl GrpcStdio for Stdio {
    type StreamStdioStream = Answers<StdioData>;

    async fn stream_stdio(
        &self,
        _: Request<()>,
    ) -> Result<Response<Self::StreamStdioStream>, Status> {
        Ok(Response::new(silence(self.ending.clone())))
    }
}
