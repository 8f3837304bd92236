//! Functions, called by a process that was never configured.

use coffer_tests::host::{Failure, Flavour, Host, Number, Program, Value};

use crate::corner::{PROGRAM, WORDS_OF_A_PANIC};

async fn host(flavour: Flavour) -> Host {
    Host::start(&Program::new(PROGRAM).flavour(flavour))
        .await
        .unwrap()
}

fn fault(result: Result<Value, Failure>) -> (String, Option<i64>) {
    match result {
        Err(Failure::Function { text, argument }) => (text, argument),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn every_host_can_call_them() {
    for flavour in Flavour::ALL {
        let host = host(flavour).await;
        let joined = host
            .call("join", &[",".into(), "a".into(), "b".into()])
            .await;
        assert_eq!(joined.unwrap(), "a,b".into());
        let joined = host
            .call("join", &[Value::Null, "a".into(), "b".into()])
            .await;
        assert_eq!(joined.unwrap(), "ab".into());
        assert_eq!(host.call("join", &[",".into()]).await.unwrap(), "".into());
    }
}

#[tokio::test]
async fn opentofu_is_told_the_same_functions_as_terraform() {
    let (terraform, opentofu) = (
        host(Flavour::Terraform1_11).await,
        host(Flavour::OpenTofu1_11).await,
    );
    assert_eq!(terraform.schema().functions, opentofu.schema().functions);
    assert_eq!(
        terraform.schema().functions["twice"].deprecation_message,
        "Use concat."
    );
}

#[tokio::test]
async fn an_error_names_its_argument() {
    let host = host(Flavour::Terraform1_11).await;
    let long = host.call("join", &["long".into(), "a".into()]).await;
    assert_eq!(
        fault(long),
        ("three characters at most".to_owned(), Some(0))
    );
    let empty = host
        .call("join", &[",".into(), "a".into(), "".into()])
        .await;
    assert_eq!(fault(empty), ("a word is empty".to_owned(), Some(2)));
}

#[tokio::test]
async fn any_value_comes_back_as_it_was() {
    let host = host(Flavour::Terraform1_11).await;
    let number = |text: &str| Value::Number(Number::parse(text).unwrap());
    for value in [
        Value::Null,
        "text".into(),
        true.into(),
        number("12345678901234567890123456789.000000000000000000000000000001"),
        Value::list([1.into(), "two".into(), Value::Null]),
        Value::object([("a", Value::list([])), ("b", Value::object([]))]),
    ] {
        assert_eq!(
            host.call("same", std::slice::from_ref(&value))
                .await
                .unwrap(),
            value
        );
    }
}

#[tokio::test]
async fn a_panic_in_one_is_an_error_that_says_nothing_of_it() {
    let host = host(Flavour::Terraform1_11).await;
    let (text, argument) = fault(host.call("join", &["panic".into()]).await);
    assert!(text.contains("CallFunction"), "{text}");
    assert!(!text.contains(WORDS_OF_A_PANIC), "{text}");
    assert_eq!(argument, None);
    assert_eq!(host.call("join", &[",".into()]).await.unwrap(), "".into());
}
