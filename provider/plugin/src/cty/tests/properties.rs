//! What holds for every value.

use proptest::prelude::*;

use super::*;

fn any_number() -> impl Strategy<Value = Cty> {
    prop_oneof![
        any::<i64>().prop_map(Cty::from),
        any::<f64>().prop_filter_map("NaN", |value| Number::from_f64(value).map(Cty::Number)),
        "-?[0-9]{1,40}(\\.[0-9]{1,40})?(e-?[0-9]{1,2})?".prop_map(|text| number(&text)),
    ]
}

/// A type, and a value of it.
fn any_typed() -> impl Strategy<Value = (CtyType, Cty)> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(|value| (CtyType::Bool, value.into())),
        any_number().prop_map(|value| (CtyType::Number, value)),
        any::<String>().prop_map(|value| (CtyType::String, value.into())),
    ];
    let null_or_unknown = |inner: BoxedStrategy<(CtyType, Cty)>| {
        (inner, 0..8).prop_map(|((ty, value), luck)| match luck {
            0 => (ty, Cty::Null),
            1 => (ty, Cty::Unknown),
            _ => (ty, value),
        })
    };
    null_or_unknown(leaf.boxed())
        .boxed()
        .prop_recursive(4, 32, 4, move |inner| {
            let many = prop::collection::vec(inner.clone(), 0..4);
            let named = prop::collection::btree_map("[a-z]{1,3}", inner.clone(), 0..4);
            let same = (inner.clone(), 0..4_usize);
            let composed = prop_oneof![
                same.clone()
                    .prop_map(|((ty, value), n)| (CtyType::list(ty), Cty::List(vec![value; n]))),
                same.clone()
                    .prop_map(|((ty, value), n)| (CtyType::set(ty), Cty::set(vec![value; n]))),
                same.prop_map(|((ty, value), n)| {
                    let keys = ["a", "b", "c", "d"].into_iter().take(n);
                    (
                        CtyType::map(ty),
                        Cty::object(keys.map(|key| (key, value.clone()))),
                    )
                }),
                many.prop_map(|pairs| {
                    let (types, values) = pairs.into_iter().unzip();
                    (CtyType::Tuple(types), Cty::List(values))
                }),
                named.prop_map(|pairs| {
                    let types = pairs
                        .iter()
                        .map(|(name, (ty, _))| (name.clone(), ty.clone()));
                    let ty = CtyType::object(types);
                    (
                        ty,
                        Cty::object(pairs.into_iter().map(|(name, (_, value))| (name, value))),
                    )
                }),
                inner.prop_map(|(ty, value)| match ty {
                    // A dynamic value names its real type.
                    CtyType::Dynamic => (ty, value),
                    ty => (CtyType::Dynamic, Cty::Typed(ty, Box::new(value))),
                }),
            ];
            null_or_unknown(composed.boxed())
        })
}

proptest! {
    #[test]
    fn every_value_survives_the_way_there_and_back((ty, value) in any_typed()) {
        let bytes = value.to_msgpack(&ty).unwrap();
        prop_assert!(Cty::from_msgpack(&bytes, &ty) == Ok(value));
    }

    #[test]
    fn every_type_survives_the_way_there_and_back((ty, _) in any_typed()) {
        prop_assert_eq!(CtyType::from_bytes(&ty.to_bytes()), Ok(ty));
    }

    #[test]
    fn a_cut_or_altered_message_never_panics(
        (ty, value) in any_typed(),
        cut in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut bytes = value.to_msgpack(&ty).unwrap();
        let place = at.index(bytes.len());
        bytes[place] = byte;
        let _ = Cty::from_msgpack(&bytes, &ty);
        let cut = &bytes[..cut.index(bytes.len())];
        let _ = Cty::from_msgpack(cut, &ty);
    }

    #[test]
    fn arbitrary_bytes_never_panic((ty, _) in any_typed(), bytes in any::<Vec<u8>>()) {
        let _ = Cty::from_msgpack(&bytes, &ty);
        let _ = Cty::from_json(&bytes, &ty);
    }

    #[test]
    fn a_number_is_the_text_it_was_read_from(value in any_number()) {
        let Cty::Number(value) = value else { unreachable!() };
        if value.to_f64().is_finite() {
            prop_assert_eq!(&value.to_string().parse::<Number>().unwrap(), &value);
        }
    }

    #[test]
    fn numbers_are_ordered_as_floats_are(left in any::<i32>(), right in -1e9..1e9_f64) {
        let (exact, float) = (Number::from(i64::from(left)), Number::from_f64(right).unwrap());
        prop_assert_eq!(exact.partial_cmp(&float), f64::from(left).partial_cmp(&right));
    }

    #[test]
    fn the_order_in_which_a_set_was_made_does_not_matter(numbers in prop::collection::vec(any::<i8>(), 0..8)) {
        let forth: Vec<Cty> = numbers.iter().map(|n| i64::from(*n).into()).collect();
        let back: Vec<Cty> = forth.iter().rev().cloned().collect();
        prop_assert!(Cty::set(forth) == Cty::set(back));
    }
}
