//! Vectors that restate the tables of go-cty and terraform-plugin-go.

mod notation;
mod properties;

use std::collections::BTreeMap;

use super::{Cty, CtyType, Number};

fn number(text: &str) -> Cty {
    Cty::Number(text.parse().unwrap())
}

fn typed(ty: CtyType, value: Cty) -> Cty {
    Cty::Typed(ty, Box::new(value))
}

/// Value, type and bytes that mean the same in both directions.
fn vectors() -> Vec<(Cty, CtyType, Vec<u8>)> {
    use CtyType::{Bool, Dynamic, Number, String};
    let list = |ty| CtyType::list(ty);
    let map = |ty| CtyType::map(ty);
    let set = |ty| CtyType::set(ty);
    let person = || CtyType::object([("age", Number), ("name", String)]);
    vec![
        // Primitives.
        ("hello".into(), String, b"\xa5hello".to_vec()),
        ("".into(), String, b"\xa0".to_vec()),
        (
            "a".repeat(32).into(),
            String,
            [b"\xd9\x20".to_vec(), vec![b'a'; 32]].concat(),
        ),
        (
            "a".repeat(300).into(),
            String,
            [b"\xda\x01\x2c".to_vec(), vec![b'a'; 300]].concat(),
        ),
        (Cty::Null, String, b"\xc0".to_vec()),
        (Cty::Unknown, String, b"\xd4\x00\x00".to_vec()),
        (true.into(), Bool, b"\xc3".to_vec()),
        (false.into(), Bool, b"\xc2".to_vec()),
        (Cty::Null, Bool, b"\xc0".to_vec()),
        (Cty::Unknown, Bool, b"\xd4\x00\x00".to_vec()),
        (0.into(), Number, b"\x00".to_vec()),
        (1.into(), Number, b"\x01".to_vec()),
        (127.into(), Number, b"\x7f".to_vec()),
        (128.into(), Number, b"\xcc\x80".to_vec()),
        (256.into(), Number, b"\xcd\x01\x00".to_vec()),
        (65_536.into(), Number, b"\xce\x00\x01\x00\x00".to_vec()),
        (
            4_294_967_296.into(),
            Number,
            b"\xcf\x00\x00\x00\x01\x00\x00\x00\x00".to_vec(),
        ),
        (
            i64::MAX.into(),
            Number,
            b"\xcf\x7f\xff\xff\xff\xff\xff\xff\xff".to_vec(),
        ),
        ((-1).into(), Number, b"\xff".to_vec()),
        ((-32).into(), Number, b"\xe0".to_vec()),
        ((-33).into(), Number, b"\xd0\xdf".to_vec()),
        ((-129).into(), Number, b"\xd1\xff\x7f".to_vec()),
        ((-32_769).into(), Number, b"\xd2\xff\xff\x7f\xff".to_vec()),
        (
            i64::MIN.into(),
            Number,
            b"\xd3\x80\x00\x00\x00\x00\x00\x00\x00".to_vec(),
        ),
        (
            number("1.5"),
            Number,
            b"\xcb\x3f\xf8\x00\x00\x00\x00\x00\x00".to_vec(),
        ),
        (
            number("-0.25"),
            Number,
            b"\xcb\xbf\xd0\x00\x00\x00\x00\x00\x00".to_vec(),
        ),
        // Neither an exact integer nor an exact float: text.
        (number("0.1"), Number, b"\xa30.1".to_vec()),
        (
            number("18446744073709551616000000001"),
            Number,
            b"\xbd18446744073709551616000000001".to_vec(),
        ),
        // A large one that happens to be an exact float.
        (
            number("18446744073709551616"),
            Number,
            b"\xcb\x43\xf0\x00\x00\x00\x00\x00\x00".to_vec(),
        ),
        (
            Cty::Number(super::Number::from_f64(f64::INFINITY).unwrap()),
            Number,
            b"\xcb\x7f\xf0\x00\x00\x00\x00\x00\x00".to_vec(),
        ),
        // Collections.
        (Cty::List(vec![]), list(String), b"\x90".to_vec()),
        (
            Cty::List(vec!["hello".into()]),
            list(String),
            b"\x91\xa5hello".to_vec(),
        ),
        (
            Cty::List(vec![Cty::Null]),
            list(String),
            b"\x91\xc0".to_vec(),
        ),
        (
            Cty::List(vec![Cty::Unknown]),
            list(String),
            b"\x91\xd4\x00\x00".to_vec(),
        ),
        (Cty::Null, list(String), b"\xc0".to_vec()),
        (Cty::Unknown, list(String), b"\xd4\x00\x00".to_vec()),
        (
            Cty::List(vec![0.into(); 16]),
            list(Number),
            [b"\xdc\x00\x10".to_vec(), vec![0; 16]].concat(),
        ),
        (
            Cty::set(vec![2.into(), 1.into()]),
            set(Number),
            b"\x92\x01\x02".to_vec(),
        ),
        (
            Cty::set(vec![Cty::Unknown]),
            set(String),
            b"\x91\xd4\x00\x00".to_vec(),
        ),
        (Cty::Object(BTreeMap::new()), map(String), b"\x80".to_vec()),
        (
            Cty::object([("greeting", "hello".into())]),
            map(String),
            b"\x81\xa8greeting\xa5hello".to_vec(),
        ),
        (
            Cty::object([("a", Cty::Null)]),
            map(String),
            b"\x81\xa1a\xc0".to_vec(),
        ),
        (
            Cty::List(vec!["hello".into(), true.into()]),
            CtyType::Tuple(vec![String, Bool]),
            b"\x92\xa5hello\xc3".to_vec(),
        ),
        (Cty::List(vec![]), CtyType::Tuple(vec![]), b"\x90".to_vec()),
        (
            Cty::object([("name", "a".into()), ("age", 3.into())]),
            person(),
            b"\x82\xa3age\x03\xa4name\xa1a".to_vec(),
        ),
        (
            Cty::Object(BTreeMap::new()),
            CtyType::object::<&str>([]),
            b"\x80".to_vec(),
        ),
        // Dynamic.
        (
            typed(String, "hello".into()),
            Dynamic,
            b"\x92\xc4\x08\"string\"\xa5hello".to_vec(),
        ),
        (
            typed(String, Cty::Null),
            Dynamic,
            b"\x92\xc4\x08\"string\"\xc0".to_vec(),
        ),
        (
            typed(String, Cty::Unknown),
            Dynamic,
            b"\x92\xc4\x08\"string\"\xd4\x00\x00".to_vec(),
        ),
        (Cty::Null, Dynamic, b"\xc0".to_vec()),
        (Cty::Unknown, Dynamic, b"\xd4\x00\x00".to_vec()),
        (
            Cty::List(vec![typed(Number, 1.into())]),
            list(Dynamic),
            b"\x91\x92\xc4\x08\"number\"\x01".to_vec(),
        ),
    ]
}

#[test]
fn values_have_the_bytes_of_go_cty() {
    for (value, ty, bytes) in vectors() {
        assert_eq!(value.to_msgpack(&ty).unwrap(), bytes, "{value:?} as {ty:?}");
        assert!(
            Cty::from_msgpack(&bytes, &ty).unwrap() == value,
            "{bytes:x?} as {ty:?}"
        );
    }
}

#[test]
fn what_go_may_write_otherwise_is_read_too() {
    let cases: [(&[u8], CtyType, Cty); 12] = [
        (b"", CtyType::String, Cty::Null),
        // A refined unknown: not null, with prefix.
        (
            b"\xc7\x08\x0c\x82\x01\xc2\x02\xa3abc",
            CtyType::String,
            Cty::Unknown,
        ),
        (
            b"\xd4\x0c\x80",
            CtyType::list(CtyType::String),
            Cty::Unknown,
        ),
        (b"\xc8\x00\x01\x0c\x80", CtyType::Number, Cty::Unknown),
        (
            b"\xc9\x00\x00\x00\x01\x63\x80",
            CtyType::Dynamic,
            Cty::Unknown,
        ),
        (b"\xca\x3f\xc0\x00\x00", CtyType::Number, number("1.5")),
        (b"\xa21e", CtyType::String, "1e".into()),
        (
            b"\xa41e30",
            CtyType::Number,
            number("1000000000000000000000000000000"),
        ),
        (
            b"\xcf\xff\xff\xff\xff\xff\xff\xff\xff",
            CtyType::Number,
            number("18446744073709551615"),
        ),
        (b"\xc4\x01a", CtyType::String, "a".into()),
        // Wider than needed.
        (
            b"\xdd\x00\x00\x00\x01\xdb\x00\x00\x00\x01a",
            CtyType::list(CtyType::String),
            Cty::List(vec!["a".into()]),
        ),
        // A missing attribute is null.
        (
            b"\x80",
            CtyType::object([("a", CtyType::Bool)]),
            Cty::object([("a", Cty::Null)]),
        ),
    ];
    for (bytes, ty, value) in cases {
        assert!(
            Cty::from_msgpack(bytes, &ty) == Ok(value),
            "{bytes:x?} as {ty:?}"
        );
    }
}

#[test]
fn malformed_bytes_are_errors_with_a_place_and_no_content() {
    let object = CtyType::object([("a", CtyType::list(CtyType::Bool))]);
    let cases: [(&[u8], CtyType, &str); 15] = [
        (b"\xc1", CtyType::String, "these bytes are no msgpack"),
        (
            b"\xa5hell",
            CtyType::String,
            "the bytes end in the middle of a value",
        ),
        (b"\xc0\xc0", CtyType::String, "more bytes follow the value"),
        (
            b"\xdd\xff\xff\xff\xff",
            CtyType::list(CtyType::Bool),
            "the bytes end in the middle of a value at [0]",
        ),
        (b"\xa1\xff", CtyType::String, "text must be UTF-8"),
        (b"\xc3", CtyType::String, "text is expected"),
        (b"\xa3abc", CtyType::Number, "a number is expected"),
        (
            b"\xcb\x7f\xf8\x00\x00\x00\x00\x00\x00",
            CtyType::Number,
            "a number is expected, and this is \"not a number\"",
        ),
        (
            b"\x81\xa1b\xc3",
            object.clone(),
            "the object has an attribute that is not in the schema",
        ),
        (
            b"\x81\xa1a\x92\xc3\x01",
            object.clone(),
            "true or false is expected at a[1]",
        ),
        (
            b"\x82\xa1a\xc0\xa1a\xc0",
            object.clone(),
            "the object has an attribute twice",
        ),
        (
            b"\x82\xa1a\xc3\xa1a\xc3",
            CtyType::map(CtyType::Bool),
            "the map has a key twice",
        ),
        (b"\x81\x01\xc3", object, "the keys of a map are text"),
        (
            b"\x91\xc3",
            CtyType::Tuple(vec![]),
            "the tuple has another length",
        ),
        (
            b"\x92\xc4\x01x\xc3",
            CtyType::Dynamic,
            "a type with a value is expected",
        ),
    ];
    for (bytes, ty, expected) in cases {
        let error = Cty::from_msgpack(bytes, &ty).unwrap_err();
        assert_eq!(error.to_string(), expected, "{bytes:x?}");
    }
}

#[test]
fn dynamic_inside_dynamic_without_end_is_an_error() {
    let bytes = b"\x92\xc4\x09\"dynamic\"".repeat(100_000);
    let error = Cty::from_msgpack(&bytes, &CtyType::Dynamic).unwrap_err();
    assert_eq!(error.reason, "the value is nested too deeply");
}

#[test]
fn debug_shows_no_content() {
    let value = Cty::object([
        ("a", Cty::List(vec!["hunter2".into(), 4711.into()])),
        ("b", typed(CtyType::String, "hunter2".into())),
    ]);
    let text = format!("{value:?}");
    assert!(
        !text.contains("hunter2") && !text.contains("4711"),
        "{text}"
    );
}
