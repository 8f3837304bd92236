use super::*;
use crate::proto::health::HealthCheckRequest;
use crate::proto::health::health_check_response::ServingStatus;
use crate::proto::health::health_server::Health as _;
use crate::services::Health;

#[tokio::test]
async fn health_is_told_under_the_name_that_go_plugin_asks_for() {
    let health = Health::new(tokio_util::sync::CancellationToken::new());
    let check = |service: &str| {
        health.check(Request::new(HealthCheckRequest {
            service: service.to_owned(),
        }))
    };
    assert_eq!(
        check("plugin").await.unwrap().get_ref().status(),
        ServingStatus::Serving
    );
    assert_eq!(
        check("").await.unwrap().get_ref().status(),
        ServingStatus::Serving
    );
    assert_eq!(
        check("other").await.unwrap_err().code(),
        tonic::Code::NotFound
    );
}
