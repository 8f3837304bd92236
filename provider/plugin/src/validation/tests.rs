use super::*;
use crate::{Model, Value};

#[derive(coffer_plugin_derive::Model)]
#[model(
    conflicts("a", "b"),
    exactly_one_of("c", "inner"),
    at_least_one_of("d", "e"),
    required_together("f", "g")
)]
struct Rules {
    #[attr(optional)]
    a: Value<i64>,
    #[attr(optional)]
    b: Value<i64>,
    #[attr(optional)]
    c: Value<i64>,
    #[attr(optional)]
    d: Value<i64>,
    #[attr(optional)]
    e: Value<i64>,
    #[attr(optional)]
    f: Value<i64>,
    #[attr(optional)]
    g: Value<i64>,
    #[block]
    inner: Vec<Inner>,
}

#[derive(coffer_plugin_derive::Model)]
#[model(deprecated = "Use c.")]
struct Inner {}

/// The errors for a configuration in which the named attributes are set.
fn judged(set: &[&str], unknown: &[&str]) -> Vec<String> {
    let Cty::Object(mut values) = Rules::null().to_cty() else {
        unreachable!()
    };
    for name in set {
        let blocks = Cty::List(vec![Inner {}.to_cty()]);
        values.insert(
            (*name).to_owned(),
            if *name == "inner" { blocks } else { 1.into() },
        );
    }
    for name in unknown {
        values.insert((*name).to_owned(), Cty::Unknown);
    }
    let mut found = Diagnostics::new();
    validate_block(
        &Rules::block(),
        &Cty::Object(values),
        &Path::root(),
        &mut found,
    );
    let errors = found
        .iter()
        .filter(|it| it.severity == crate::Severity::Error);
    errors.map(|it| it.to_string()).collect()
}

#[test]
fn what_goes_together_passes() {
    assert_eq!(judged(&["a", "c", "d"], &[]), Vec::<String>::new());
    assert_eq!(
        judged(&["inner", "d", "e", "f", "g"], &[]),
        Vec::<String>::new()
    );
}

#[test]
fn each_rule_says_what_it_wants_and_where() {
    let cases: [(&[&str], &str); 5] = [
        (
            &["a", "b", "c", "d"],
            "b: Conflicting settings: At most one of a and b may be set.",
        ),
        (&["d"], "Missing setting: Set one of c or inner."),
        (
            &["c", "inner", "d"],
            "inner: Conflicting settings: Only one of c and inner may be set.",
        ),
        (&["c"], "Missing setting: Set at least one of d or e."),
        (
            &["c", "d", "f"],
            "f: Incomplete settings: f and g go together: set g too.",
        ),
    ];
    for (set, expected) in cases {
        assert_eq!(judged(set, &[]), [expected], "{set:?}");
    }
}

#[test]
fn what_is_unknown_may_yet_keep_the_rule() {
    assert_eq!(
        judged(&["a", "f"], &["b", "c", "d", "g", "inner"]),
        Vec::<String>::new()
    );
}

#[test]
fn a_deprecated_block_is_told_where_it_stands() {
    let mut found = Diagnostics::new();
    let config = Cty::object([("inner", Cty::List(vec![Inner {}.to_cty()]))]);
    validate_block(&Rules::block(), &config, &Path::root(), &mut found);
    let warning = "inner[0]: The block inner[0] is deprecated: Use c.";
    assert!(found.iter().any(|it| it.to_string() == warning), "{found}");
}
