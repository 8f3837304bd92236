use super::*;

async fn call(name: &str, arguments: &[Cty]) -> wire::call_function::Response {
    // Terraform calls functions in a process that was never configured.
    let service = Service(Server::<Spy>::new());
    let arguments = arguments
        .iter()
        .filter_map(|argument| dynamic(argument, &CtyType::String))
        .collect();
    let request = wire::call_function::Request {
        name: name.to_owned(),
        arguments,
    };
    service
        .call_function(Request::new(request))
        .await
        .unwrap()
        .into_inner()
}

fn error(text: &str, function_argument: Option<i64>) -> Option<wire::FunctionError> {
    Some(wire::FunctionError {
        text: text.to_owned(),
        function_argument,
    })
}

#[tokio::test]
async fn a_function_takes_null_and_any_number_of_variadic_arguments() {
    let response = call("join", &["-".into(), "a".into(), "b".into()]).await;
    assert!(value(response.result.as_ref(), &CtyType::String) == "a-b".into());
    let response = call("join", &[Cty::Null, "a".into(), "b".into()]).await;
    assert!(value(response.result.as_ref(), &CtyType::String) == "ab".into());
    let response = call("join", &[Cty::Null]).await;
    assert!(value(response.result.as_ref(), &CtyType::String) == "".into());
}

#[tokio::test]
async fn an_error_points_at_its_argument() {
    let response = call("join", &["----".into()]).await;
    assert_eq!(response.error, error("three characters at most", Some(0)));
    let response = call("join", &["-".into(), "a".into(), "".into()]).await;
    assert_eq!(response.error, error("a part is empty", Some(2)));
    let response = call("join", &["-".into(), Cty::Null]).await;
    assert_eq!(response.error.unwrap().function_argument, Some(1));
}

#[tokio::test]
async fn wrong_calls_are_errors_and_panics_tell_nothing() {
    assert_eq!(
        call("join", &[]).await.error,
        error("the argument between is missing", None)
    );
    assert!(
        call("nothing", &[])
            .await
            .error
            .unwrap()
            .text
            .contains("Unknown function")
    );
    let response = call("join", &["-".into(), "panic".into()]).await;
    let text = response.error.unwrap().text;
    assert!(
        text.contains("CallFunction") && !text.contains("hunter2"),
        "{text}"
    );
}
