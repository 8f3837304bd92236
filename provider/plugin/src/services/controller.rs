//! GRPCController: the host ends the plugin.

use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

use crate::proto::go_plugin::Empty;
use crate::proto::go_plugin::grpc_controller_server::GrpcController;

pub(crate) struct Controller {
    ending: CancellationToken,
}

impl Controller {
    pub(crate) fn new(ending: CancellationToken) -> Self {
        Self { ending }
    }
}

#[tonic::async_trait]
impl GrpcController for Controller {
    /// Answers at once; the host then waits 2 seconds for the process to end.
    async fn shutdown(&self, _: Request<Empty>) -> Result<Response<Empty>, Status> {
        self.ending.cancel();
        Ok(Response::new(Empty {}))
    }
}
