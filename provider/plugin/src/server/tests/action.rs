use futures_util::StreamExt;

use super::*;

use wire::invoke_action::event::Type;

fn config(times: i64, mode: &str) -> Option<wire::DynamicValue> {
    let value = Cty::object([("times", times.into()), ("mode", mode.into())]);
    dynamic(&value, &spy::Ring::block().cty_type())
}

/// The lines of progress, and the summaries of its end.
async fn invoke(host: &Host, times: i64, mode: &str) -> (Vec<String>, Vec<String>) {
    let request = wire::invoke_action::Request {
        action_type: "spy_ring".to_owned(),
        config: config(times, mode),
        client_capabilities: None,
    };
    let stream = host
        .service
        .invoke_action(Request::new(request))
        .await
        .unwrap()
        .into_inner();
    let events: Vec<_> = stream
        .map(|event| event.unwrap().r#type.unwrap())
        .collect()
        .await;
    let mut lines = Vec::new();
    let mut end = None;
    for event in events {
        assert_eq!(end, None, "nothing follows the end");
        match event {
            Type::Progress(progress) => lines.push(progress.message),
            Type::Completed(completed) => {
                assert!(!format!("{completed:?}").contains("hunter2"));
                end = Some(told(&completed.diagnostics));
            }
        }
    }
    (
        lines,
        end.unwrap()
            .into_iter()
            .map(|(summary, _)| summary)
            .collect(),
    )
}

#[tokio::test]
async fn progress_comes_before_the_end() {
    let host = Host::new().await;
    let lines = vec!["ring 1".to_owned(), "ring 2".to_owned()];
    assert_eq!(invoke(&host, 2, "").await, (lines.clone(), vec![]));
    assert_eq!(
        invoke(&host, 2, "warn").await,
        (lines.clone(), vec!["Careful".to_owned()])
    );
    assert_eq!(
        invoke(&host, 2, "fail").await,
        (lines.clone(), vec!["Failed".to_owned()])
    );
    let panicked = vec!["Bug in the provider".to_owned()];
    assert_eq!(invoke(&host, 2, "panic").await, (lines, panicked));
}

#[tokio::test]
async fn an_action_is_validated_and_planned() {
    let host = Host::new().await;
    let request = wire::validate_action_config::Request {
        action_type: "spy_ring".to_owned(),
        config: config(9, ""),
    };
    let validated = host
        .service
        .validate_action_config(Request::new(request))
        .await
        .unwrap();
    let expected = [("Invalid value for times".to_owned(), "times".to_owned())];
    assert_eq!(told(&validated.get_ref().diagnostics), expected);
    let request = wire::plan_action::Request {
        action_type: "spy_ring".to_owned(),
        config: config(1, "fail"),
        client_capabilities: None,
    };
    let planned = host
        .service
        .plan_action(Request::new(request))
        .await
        .unwrap();
    let expected = [("Failed".to_owned(), "mode".to_owned())];
    assert_eq!(told(&planned.get_ref().diagnostics), expected);
}
