//! JSON values, JSON types, and numbers as text.

use super::*;

#[test]
fn json_is_read_as_terraform_stores_it() {
    use CtyType::{Bool, Dynamic, Number, String};
    let cases = [
        ("null", String, Cty::Null),
        (r#""a\"b""#, String, "a\"b".into()),
        ("12", String, "12".into()),
        ("true", String, "true".into()),
        (r#""true""#, Bool, true.into()),
        (
            "123456789012345678901234567890.125",
            Number,
            number("123456789012345678901234567890.125"),
        ),
        (r#""7""#, Number, 7.into()),
        ("1e2", Number, 100.into()),
        (
            "[2, 1]",
            CtyType::set(Number),
            Cty::set(vec![1.into(), 2.into()]),
        ),
        (
            r#"{"a": null}"#,
            CtyType::map(Bool),
            Cty::object([("a", Cty::Null)]),
        ),
        (
            r#"{"gone": {"x": 1}}"#,
            CtyType::object([("a", Bool)]),
            Cty::object([("a", Cty::Null)]),
        ),
        (
            r#"["a", 1]"#,
            CtyType::Tuple(vec![String, Number]),
            Cty::List(vec!["a".into(), 1.into()]),
        ),
        (
            r#"{"value": [1], "type": ["list", "number"]}"#,
            Dynamic,
            typed(CtyType::list(Number), Cty::List(vec![1.into()])),
        ),
    ];
    for (json, ty, value) in cases {
        assert!(
            Cty::from_json(json.as_bytes(), &ty) == Ok(value),
            "{json} as {ty:?}"
        );
    }
    let ty = CtyType::object([("a", CtyType::list(Number))]);
    let error = Cty::from_json(br#"{"a": [1, "hunter2"]}"#, &ty).unwrap_err();
    assert_eq!(error.to_string(), "a number is expected at a[1]");
}

#[test]
fn types_have_the_json_of_go_cty() {
    let cases = [
        r#""bool""#,
        r#""number""#,
        r#""string""#,
        r#""dynamic""#,
        r#"["list","string"]"#,
        r#"["set",["map","number"]]"#,
        r#"["tuple",["string",["list","bool"]]]"#,
        r#"["object",{"a":"string","b":["set","dynamic"]}]"#,
        r#"["object",{}]"#,
    ];
    for json in cases {
        let ty = CtyType::from_bytes(json.as_bytes()).unwrap();
        assert_eq!(String::from_utf8(ty.to_bytes()).unwrap(), json);
    }
    let optional = br#"["object",{"a":"string"},["a"]]"#;
    assert_eq!(
        CtyType::from_bytes(optional),
        Ok(CtyType::object([("a", CtyType::String)]))
    );
    for json in [
        "",
        "1",
        r#""int""#,
        "[]",
        r#"["list"]"#,
        r#"["object",[]]"#,
        r#"["tuple","string"]"#,
    ] {
        assert!(CtyType::from_bytes(json.as_bytes()).is_err(), "{json}");
    }
}

#[test]
fn numbers_are_compared_by_what_they_are() {
    for (left, right) in [
        ("1", "1.0"),
        ("100", "1e2"),
        ("0.5", "5e-1"),
        ("0", "-0.00"),
        ("0.10", "0.1"),
    ] {
        assert!(number(left) == number(right), "{left} {right}");
    }
    let exact = Number::from_f64(0.1).unwrap();
    assert!(Cty::Number(exact.clone()) != number("0.1"));
    let increasing = [
        "-1e300",
        "-18446744073709551616.5",
        "-1",
        "-0.1",
        "0",
        "1e-30",
        "0.1",
        "0.25",
        "1",
        "9007199254740993",
        "9223372036854775807",
        "9223372036854775808",
        "1e400",
    ];
    for pair in increasing.windows(2) {
        assert!(number(pair[0]) < number(pair[1]), "{pair:?}");
    }
    assert!(Number::from_f64(f64::NEG_INFINITY).unwrap() < "-1e400".parse().unwrap());
    assert!(Number::from_f64(f64::INFINITY).unwrap() > "1e400".parse().unwrap());
    assert!(number("0.1") < Cty::Number(exact));
    for text in [
        "",
        "-",
        ".",
        "1e",
        "e1",
        "0x1",
        "1_0",
        "NaN",
        "inf",
        "1e99999999999",
        "1e-5000",
    ] {
        assert!(text.parse::<Number>().is_err(), "{text}");
    }
}
