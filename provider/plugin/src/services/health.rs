//! gRPC health, which go-plugin's `Ping` asks.

use futures_util::StreamExt;
use futures_util::stream::{iter, once};
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

use crate::proto::health::health_check_response::ServingStatus;
use crate::proto::health::health_server::Health as HealthService;
use crate::proto::health::{HealthCheckRequest, HealthCheckResponse};

use super::{Answers, silence};

/// The name that go-plugin asks for.
const SERVICE: &str = "plugin";

pub(crate) struct Health {
    ending: CancellationToken,
}

impl Health {
    pub(crate) fn new(ending: CancellationToken) -> Self {
        Self { ending }
    }
}

fn status(service: &str) -> ServingStatus {
    if service.is_empty() || service == SERVICE {
        ServingStatus::Serving
    } else {
        ServingStatus::ServiceUnknown
    }
}

fn response(status: ServingStatus) -> HealthCheckResponse {
    HealthCheckResponse {
        status: status.into(),
    }
}

#[tonic::async_trait]
impl HealthService for Health {
    type WatchStream = Answers<HealthCheckResponse>;

    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        match status(&request.get_ref().service) {
            ServingStatus::ServiceUnknown => Err(Status::not_found("there is no such service")),
            status => Ok(Response::new(response(status))),
        }
    }

    async fn watch(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let now = Ok(response(status(&request.get_ref().service)));
        let ending = self.ending.clone();
        let end = once(async move {
            ending.cancelled().await;
            Ok(response(ServingStatus::NotServing))
        });
        let rest = silence(self.ending.clone());
        Ok(Response::new(Box::pin(iter([now]).chain(end).chain(rest))))
    }
}
