use futures_util::StreamExt;

use super::*;

async fn list(host: &Host, count: i64, limit: i64, state: bool) -> Vec<wire::list_resource::Event> {
    let config = Cty::object([("count_of_them", count.into())]);
    let request = wire::list_resource::Request {
        type_name: "spy_thing".to_owned(),
        config: dynamic(&config, &spy::AllThings::block().cty_type()),
        include_resource_object: state,
        limit,
    };
    let stream = host
        .service
        .list_resource(Request::new(request))
        .await
        .unwrap()
        .into_inner();
    stream.map(Result::unwrap).collect().await
}

#[tokio::test]
async fn each_thing_has_a_name_and_an_identity_and_a_state_if_wanted() {
    let host = Host::new().await;
    let events = list(&host, 2, 0, true).await;
    assert_eq!(events.len(), 3);
    assert_eq!(events[1].display_name, "thing 1");
    assert!(events[1].identity.is_some());
    let state = value(events[1].resource_object.as_ref(), &thing_type());
    // The write-only value that the author put in is not in it.
    assert!(state == thing(&[("name", "thing 1".into())]));
    assert_eq!(
        told(&events[2].diagnostic),
        [("Came to the end".to_owned(), String::new())]
    );
    assert_eq!(list(&host, 1, 0, false).await[0].resource_object, None);
}

#[tokio::test]
async fn a_listing_ends_at_the_limit() {
    let host = Host::new().await;
    assert_eq!(list(&host, 100, 2, false).await.len(), 2);
    assert_eq!(host.notes.take(), ["found 0", "found 1"]);
}

#[tokio::test]
async fn a_listing_ends_with_the_host() {
    let host = Host::new().await;
    let config = Cty::object([("count_of_them", 1_000_000.into())]);
    let request = wire::list_resource::Request {
        type_name: "spy_thing".to_owned(),
        config: dynamic(&config, &spy::AllThings::block().cty_type()),
        include_resource_object: false,
        limit: 0,
    };
    let mut stream = host
        .service
        .list_resource(Request::new(request))
        .await
        .unwrap()
        .into_inner();
    stream.next().await.unwrap().unwrap();
    drop(stream);
    // Whoever holds the notes alone knows that no listing runs any more.
    let notes = Arc::clone(&host.notes);
    drop(host);
    while Arc::strong_count(&notes) > 1 {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    assert!(notes.take().len() < 1_000_000);
}
