use std::time::Duration;

use super::*;

fn text(text: &str) -> Cty {
    text.into()
}

async fn close(host: &Host, private: Option<Vec<u8>>) -> Vec<wire::Diagnostic> {
    let request = wire::close_ephemeral_resource::Request {
        type_name: "spy_lease".to_owned(),
        private,
    };
    let closed = host
        .service
        .close_ephemeral_resource(Request::new(request))
        .await;
    closed.unwrap().into_inner().diagnostics
}

#[tokio::test]
async fn open_echoes_the_configuration_and_never_defers() {
    let host = Host::new().await;
    let config = lease(&[("name", text("one")), ("place", text("here"))]);
    let response = host.open(&config).await;
    assert_eq!(told(&response.diagnostics), []);
    assert_eq!(response.deferred, None);
    assert_eq!(response.renew_at.unwrap().seconds, 60);
    let result = value(response.result.as_ref(), &Lease::block().cty_type());
    assert!(result == filled(config, &[("token", text("token of one"))]));
}

#[tokio::test]
async fn what_is_not_configured_is_the_providers_and_may_be_unknown() {
    let host = Host::new().await;
    let response = host
        .open(&lease(&[("name", text("one")), ("mode", text("later"))]))
        .await;
    let result = value(response.result.as_ref(), &Lease::block().cty_type());
    assert!(*result.get("place") == text("somewhere"));
    assert!(*result.get("token") == Cty::Unknown);
}

#[tokio::test]
async fn private_data_stays_the_same_from_open_to_close() {
    let host = Host::new().await;
    let opened = host.open(&lease(&[("name", text("one"))])).await;
    let request = wire::renew_ephemeral_resource::Request {
        type_name: "spy_lease".to_owned(),
        private: opened.private.clone(),
    };
    let renewed = host
        .service
        .renew_ephemeral_resource(Request::new(request))
        .await
        .unwrap();
    assert_eq!(renewed.get_ref().private, opened.private);
    assert_eq!(close(&host, opened.private).await, []);
    assert_eq!(host.notes.take(), ["renew one", "close one"]);
}

#[tokio::test]
async fn private_data_that_is_missing_is_an_error() {
    let host = Host::new().await;
    for private in [None, Some(Vec::new()), Some(b"{}".to_vec())] {
        assert_eq!(told(&close(&host, private).await).len(), 1);
    }
}

#[tokio::test]
async fn the_end_of_the_process_closes_what_is_open_and_nothing_twice() {
    let host = Host::new().await;
    let closed = host.open(&lease(&[("name", text("closed"))])).await;
    host.open(&lease(&[("name", text("open"))])).await;
    assert_eq!(close(&host, closed.private).await, []);
    host.notes.take();
    host.service.0.wind_down(Duration::from_secs(5)).await;
    assert_eq!(host.notes.take(), ["close open", "farewell"]);
}

#[tokio::test]
async fn what_could_not_be_closed_is_tried_again_at_the_end() {
    let host = Host::new().await;
    let opened = host.open(&lease(&[("name", text("stuck"))])).await;
    assert_eq!(
        told(&close(&host, opened.private).await),
        [("Stuck".to_owned(), String::new())]
    );
    host.notes.take();
    host.service.0.wind_down(Duration::from_secs(5)).await;
    assert_eq!(host.notes.take(), ["close stuck", "farewell"]);
}

#[tokio::test]
async fn one_that_is_slow_or_explosive_does_not_keep_the_others_open() {
    let host = Host::new().await;
    for name in ["slow", "explosive", "one"] {
        host.open(&lease(&[("name", text(name))])).await;
    }
    host.service.0.wind_down(Duration::from_millis(500)).await;
    let mut notes = host.notes.take();
    notes.sort();
    assert_eq!(notes, ["close explosive", "close one", "close slow"]);
}

#[tokio::test]
async fn one_that_is_being_opened_at_the_end_is_closed_too() {
    let host = Arc::new(Host::new().await);
    let opening = tokio::spawn({
        let host = Arc::clone(&host);
        async move {
            host.open(&lease(&[("name", text("one")), ("mode", text("wait"))]))
                .await
        }
    });
    host.notes.until("waiting").await;
    host.service.0.wind_down(Duration::from_secs(5)).await;
    let opened = opening.await.unwrap();
    assert_eq!(
        told(&opened.diagnostics),
        [("Gave up".to_owned(), String::new())]
    );
    assert_eq!(host.notes.take(), ["waiting", "farewell"]);
}

#[tokio::test]
async fn a_panic_in_open_tells_nothing() {
    let host = Host::new().await;
    let response = host
        .open(&lease(&[("name", text("one")), ("mode", text("panic"))]))
        .await;
    assert!(
        response.diagnostics[0]
            .detail
            .contains("OpenEphemeralResource")
    );
    assert!(!format!("{response:?}").contains("hunter2"));
}
