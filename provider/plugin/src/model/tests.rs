use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::ObjectType;
use crate::cty::{CtyType, Number};
use crate::schema::{Nesting, Presence};

/// Everything that a model can hold.
#[derive(Debug, PartialEq, coffer_plugin_derive::Model)]
struct Everything {
    /// A reserved word of Rust.
    #[attr(optional)]
    r#type: Value<bool>,
    #[attr(optional, name = "renamed")]
    field: Value<u8>,
    #[attr(optional)]
    float: Value<f64>,
    #[attr(optional)]
    exact: Value<Number>,
    #[attr(optional)]
    list: Value<Vec<String>>,
    #[attr(optional)]
    open_list: Value<Vec<Value<String>>>,
    #[attr(optional)]
    set: Value<BTreeSet<i64>>,
    #[attr(optional)]
    map: Value<BTreeMap<String, Option<String>>>,
    #[attr(optional)]
    tuple: Value<(String, u32)>,
    #[attr(optional)]
    place: Value<Place>,
    #[attr(optional)]
    any: Value<Cty>,
    #[block(required)]
    single: Option<Inner>,
    #[block(min = 1, max = 3)]
    many: Vec<Inner>,
    #[block(set)]
    distinct: Vec<Inner>,
    #[block]
    labelled: BTreeMap<String, Inner>,
}

/// What stands inside.
#[derive(Clone, Debug, PartialEq, coffer_plugin_derive::Model)]
struct Inner {
    #[attr(required)]
    port: Value<u16>,
}

#[derive(Clone, Debug, PartialEq, ObjectType)]
struct Place {
    x: i64,
    #[object(name = "why")]
    y: Option<i64>,
}

fn inner(port: u16) -> Inner {
    Inner {
        port: Value::Known(port),
    }
}

fn filled() -> Everything {
    Everything {
        r#type: true.into(),
        field: 7.into(),
        float: 0.5.into(),
        exact: "123456789012345678901234567890.5"
            .parse::<Number>()
            .unwrap()
            .into(),
        list: vec!["a".to_owned()].into(),
        open_list: vec![Value::Unknown, Value::Null].into(),
        set: BTreeSet::from([2, 1]).into(),
        map: BTreeMap::from([("a".to_owned(), None)]).into(),
        tuple: ("a".to_owned(), 1).into(),
        place: Place { x: 1, y: None }.into(),
        any: Cty::from("a").into(),
        single: Some(inner(1)),
        many: vec![inner(2), inner(3)],
        distinct: vec![inner(4), inner(5)],
        labelled: BTreeMap::from([("a".to_owned(), inner(6))]),
    }
}

/// The object with some attributes replaced.
fn with(attributes: &[(&str, Cty)]) -> Cty {
    let Cty::Object(mut values) = filled().to_cty() else {
        unreachable!()
    };
    for (name, value) in attributes {
        assert!(
            values.insert((*name).to_owned(), value.clone()).is_some(),
            "{name}"
        );
    }
    Cty::Object(values)
}

#[test]
fn a_model_survives_the_way_to_terraform_and_back() {
    let ty = Everything::block().cty_type();
    let bytes = filled().to_cty().to_msgpack(&ty).unwrap();
    let mut back = Everything::from_cty(Cty::from_msgpack(&bytes, &ty).unwrap()).unwrap();
    // A dynamic value comes back with its type.
    let typed = Cty::Typed(CtyType::String, Box::new("a".into()));
    assert!(std::mem::replace(&mut back.any, Cty::from("a").into()) == Value::Known(typed));
    assert_eq!(back, filled());
    for model in [Everything::null(), Everything::unknown()] {
        let bytes = model.to_cty().to_msgpack(&ty).unwrap();
        let back = Everything::from_cty(Cty::from_msgpack(&bytes, &ty).unwrap()).unwrap();
        assert_eq!(back, model);
    }
}

#[test]
fn the_shape_is_what_the_fields_say() {
    let block = Everything::block();
    assert_eq!(block.description, "Everything that a model can hold.");
    assert_eq!(
        block.find("type").unwrap().description,
        "A reserved word of Rust."
    );
    assert_eq!(block.find("renamed").unwrap().ty, CtyType::Number);
    assert_eq!(block.find("field").map(|it| it.name), None);
    assert_eq!(
        block.find("place").unwrap().ty.to_json().to_string(),
        r#"["object",{"why":"number","x":"number"}]"#
    );
    let nested: Vec<_> = block
        .blocks
        .iter()
        .map(|it| (it.name, it.nesting, it.min, it.max))
        .collect();
    let expected = [
        ("single", Nesting::Single, 1, 1),
        ("many", Nesting::List, 1, 3),
        ("distinct", Nesting::Set, 0, 0),
        ("labelled", Nesting::Map, 0, 0),
    ];
    assert_eq!(nested, expected);
    assert_eq!(block.blocks[0].block.description, "What stands inside.");
    assert_eq!(
        block.blocks[0].block.attributes[0].presence,
        Presence::Required
    );
}

#[test]
fn a_collection_with_an_unknown_element_is_unknown_unless_its_elements_can_be() {
    let part = Cty::List(vec!["a".into(), Cty::Unknown]);
    let model = Everything::from_cty(with(&[("list", part.clone()), ("open_list", part)])).unwrap();
    assert_eq!(model.list, Value::Unknown);
    assert_eq!(
        model.open_list,
        vec![Value::Known("a".to_owned()), Value::Unknown].into()
    );
}

#[test]
fn an_unknown_number_of_blocks_is_one_of_unknown_content() {
    let unknown = Cty::Unknown;
    let model =
        Everything::from_cty(with(&[("single", unknown.clone()), ("many", unknown)])).unwrap();
    assert_eq!(model.single, Some(Inner::unknown()));
    assert_eq!(model.many, [Inner::unknown()]);
}

#[test]
fn all_faults_are_told_each_at_its_place() {
    let broken = with(&[
        ("renamed", 256.into()),
        ("set", Cty::set(vec![1.into(), Cty::Null])),
        (
            "place",
            Cty::object([("x", Cty::from("hunter2")), ("why", Cty::Null)]),
        ),
        (
            "many",
            Cty::List(vec![
                inner(1).to_cty(),
                Cty::object([("port", Cty::from(-1))]),
            ]),
        ),
        (
            "labelled",
            Cty::object([("b", Cty::object([("port", Cty::from(70_000))]))]),
        ),
    ]);
    let found = Diagnostics::from(Everything::from_cty(broken).unwrap_err());
    let places: Vec<String> = found
        .iter()
        .map(|it| it.path.clone().unwrap_or_default().to_string())
        .collect();
    let expected = [
        "renamed",
        "set[*]",
        "place.x",
        "many[1].port",
        r#"labelled["b"].port"#,
    ];
    assert_eq!(places, expected);
    assert_eq!(
        found.iter().next().unwrap().detail,
        "A whole number from 0 to 255 is expected here."
    );
    assert!(!found.to_string().contains("hunter2"));
}

/// What several objects have in common.
#[derive(Clone, Debug, PartialEq, coffer_plugin_derive::Model)]
#[model(conflicts("low", "high"))]
struct Shared {
    #[attr(optional)]
    low: Value<u8>,
    #[attr(optional)]
    high: Value<u8>,
    #[block]
    inner: Option<Inner>,
}

#[derive(Clone, Debug, PartialEq, coffer_plugin_derive::Model)]
struct Flattened {
    #[attr(required)]
    name: Value<String>,
    #[flatten]
    shared: Shared,
}

#[test]
fn a_flattened_model_stands_among_the_fields_of_the_outer_one() {
    let block = Flattened::block();
    let names: Vec<_> = block.attributes.iter().map(|field| field.name).collect();
    assert_eq!(names, ["name", "low", "high"]);
    assert_eq!(block.blocks.len(), 1);
    assert_eq!(block.constraints.len(), 1);

    let model = Flattened {
        name: Value::Known("a".to_owned()),
        shared: Shared {
            low: Value::Known(1),
            high: Value::Unknown,
            inner: Some(inner(80)),
        },
    };
    assert_eq!(Flattened::from_cty(model.to_cty()), Ok(model));

    let malformed = Cty::object([("name", "a".to_owned().to_cty()), ("low", true.to_cty())]);
    let error = Flattened::from_cty(malformed).unwrap_err();
    let diagnostics = Diagnostics::from(error);
    assert_eq!(diagnostics.len(), 1);
    assert_eq!(
        diagnostics.iter().next().unwrap().summary,
        "Invalid value for low"
    );
}
