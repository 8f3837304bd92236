//! Values on their way to the provider and back.

use coffer_tests::host::{Number, Value};

use crate::corner::Corner;

fn number(text: &str) -> Value {
    Value::Number(Number::parse(text).unwrap())
}

#[tokio::test]
async fn numbers_keep_every_digit() {
    let corner = Corner::start().await;
    let numbers: Vec<Value> = [
        "0",
        "-1",
        "9223372036854775807",
        "-9223372036854775808",
        "18446744073709551615",
        "0.5",
        "0.1",
        "-123456789.123456789123456789",
        "1e40",
        "12345678901234567890123456789012345678901234567890",
    ]
    .into_iter()
    .map(number)
    .collect();
    let twice = corner
        .host
        .call("twice", &[Value::List(numbers.clone())])
        .await
        .unwrap();
    let expected: Vec<Value> = numbers.iter().chain(&numbers).cloned().collect();
    assert_eq!(twice, Value::List(expected));
}

#[tokio::test]
async fn configured_values_of_every_type_are_planned_and_stored_as_they_are() {
    let corner = Corner::start().await;
    let ward = corner.ward();
    let config = ward.config([
        ("name", "north \u{1f511} \"quoted\"".into()),
        ("budget", number("0.1")),
        ("words", Value::list(["".into(), "a".into(), "b".into()])),
        (
            "labels",
            Value::object([("", "".into()), ("k", "v".into())]),
        ),
        (
            "anything",
            Value::list([
                number("1.5"),
                true.into(),
                Value::object([("deep", Value::list([Value::Null]))]),
            ]),
        ),
        (
            "leader",
            Value::object([("name", "Ada".into()), ("age", Value::Null)]),
        ),
        ("bed", Value::list([bed("x"), bed("y")])),
        ("visitor", Value::list([visitor("v"), visitor("w")])),
        (
            "door",
            Value::object([
                ("front", Value::object([("open", true.into())])),
                ("back", Value::object([("open", Value::Null)])),
            ]),
        ),
    ]);
    let instance = ward.settle(None, &config).await.unwrap();
    for name in [
        "budget", "words", "labels", "anything", "leader", "visitor", "door",
    ] {
        assert_eq!(instance.state.get(name), config.get(name), "{name}");
    }
    assert_eq!(
        instance.state.get("bed").elements()[1].get("number"),
        &2.into()
    );

    let changed = config
        .with("anything", "another type")
        .with("words", Value::list([]));
    let instance = ward.settle(Some(&instance), &changed).await.unwrap();
    assert_eq!(instance.state.get("anything"), &"another type".into());
    assert_eq!(instance.state.get("revision"), &2.into());
    ward.destroy(&instance).await.unwrap();
}

fn bed(patient: &str) -> Value {
    Value::object([
        ("patient", patient.into()),
        ("note_wo", Value::Null),
        ("number", Value::Null),
    ])
}

fn visitor(name: &str) -> Value {
    Value::object([("name", name.into())])
}

#[tokio::test]
async fn unknown_values_stay_unknown_in_the_plan() {
    let corner = Corner::start().await;
    let ward = corner.ward();
    let config = ward.config([
        ("name", "north".into()),
        ("budget", Value::Unknown),
        ("words", Value::list([Value::Unknown, "a".into()])),
        ("labels", Value::object([("k", Value::Unknown)])),
        ("anything", Value::Unknown),
        ("leader", Value::Unknown),
        ("bed", Value::Unknown),
        ("floor", Value::Unknown),
    ]);
    ward.validate(&config).await.unwrap();
    let planned = ward.plan(None, Some(&config)).await.unwrap();
    for name in [
        "budget", "words", "labels", "anything", "leader", "bed", "floor",
    ] {
        assert_eq!(planned.state.get(name), config.get(name), "{name}");
    }
}

#[tokio::test]
async fn six_mebibytes_are_carried() {
    let corner = Corner::start().await;
    let ward = corner.ward();
    let long = "x".repeat(6 << 20);
    let config = ward.config([
        ("name", "north".into()),
        ("labels", Value::object([("long", long.as_str().into())])),
    ]);
    let instance = ward.settle(None, &config).await.unwrap();
    assert!(instance.state.holds(&long));
}
