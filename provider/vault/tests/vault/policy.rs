//! Policies: the evaluator against one that is written as the documentation reads.

use std::collections::BTreeSet;

use coffer_vault::{Capability, PathPattern, Policy, Rule, allows};
use proptest::prelude::*;

/// Whether a pattern fits, character by character and by trying everything.
fn fits(pattern: &[char], path: &[char], at_start: bool) -> bool {
    match pattern {
        [] => path.is_empty(),
        ['*'] => true,
        ['+', rest @ ..] if at_start && (rest.is_empty() || rest[0] == '/') => {
            let end = path.iter().position(|c| *c == '/').unwrap_or(path.len());
            fits(rest, &path[end..], false)
        }
        [c, rest @ ..] => path.first() == Some(c) && fits(rest, &path[1..], *c == '/'),
    }
}

/// Vault's published order, rule for rule: whether `a` has lower priority than `b`.
fn is_lower(a: &str, b: &str) -> bool {
    let wildcard = |text: &str| {
        let mut start = true;
        let mut found = usize::MAX;
        for (at, c) in text.char_indices() {
            let alone = start && (at + 1 == text.len() || text[at + 1..].starts_with('/'));
            if c == '*' || (c == '+' && alone) {
                found = at;
                break;
            }
            start = c == '/';
        }
        found
    };
    let plus = |text: &str| {
        text.trim_end_matches('*')
            .split('/')
            .filter(|s| *s == "+")
            .count()
    };
    if wildcard(a) != wildcard(b) {
        return wildcard(a) < wildcard(b);
    }
    if a.ends_with('*') != b.ends_with('*') {
        return a.ends_with('*');
    }
    if plus(a) != plus(b) {
        return plus(a) > plus(b);
    }
    if a.len() != b.len() {
        return a.len() < b.len();
    }
    a < b
}

fn naive(rules: &[Rule], wanted: Capability, path: &str) -> bool {
    let path: Vec<char> = path.chars().collect();
    let fitting: Vec<&Rule> = rules
        .iter()
        .filter(|rule| {
            let pattern: Vec<char> = rule.path.as_str().chars().collect();
            fits(&pattern, &path, true)
        })
        .collect();
    let best: Vec<&&Rule> = fitting
        .iter()
        .filter(|rule| {
            !fitting
                .iter()
                .any(|other| is_lower(rule.path.as_str(), other.path.as_str()))
        })
        .collect();
    let all: BTreeSet<Capability> = best
        .iter()
        .flat_map(|rule| rule.capabilities.clone())
        .collect();
    all.contains(&wanted) && !all.contains(&Capability::Deny)
}

fn rule() -> impl Strategy<Value = Rule> {
    let segment =
        prop_oneof![3 => "[ab]{1,2}", 1 => Just("+".to_owned()), 1 => Just("a+".to_owned())];
    let path = (
        proptest::collection::vec(segment, 1..4),
        prop_oneof![Just(""), Just("*"), Just("/*")],
    )
        .prop_filter_map("a pattern", |(segments, end)| {
            PathPattern::parse(&format!("{}{end}", segments.join("/"))).ok()
        });
    let path = prop_oneof![20 => path, 1 => Just(PathPattern::parse("*").unwrap())];
    let capabilities = proptest::collection::btree_set(
        proptest::sample::select(&[Capability::Read, Capability::List, Capability::Deny][..]),
        0..3,
    );
    (path, capabilities).prop_map(|(path, capabilities)| Rule { path, capabilities })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]
    #[test]
    fn decides_as_the_documentation_reads(
        rules in proptest::collection::vec(rule(), 0..7),
        path in proptest::collection::vec("[ab]{1,2}|a\\+|\\+", 1..4),
    ) {
        let path = path.join("/");
        for wanted in [Capability::Read, Capability::List] {
            prop_assert_eq!(allows(&rules, wanted, &path), naive(&rules, wanted, &path), "{}", path);
        }
    }
}

#[test]
fn the_most_specific_rule_wins_and_deny_wins_among_equals() {
    let policy = Policy::parse(
        r#"{"rules": [
            {"path": "prod/*", "capabilities": ["read"]},
            {"path": "prod/root", "capabilities": ["deny"]},
            {"path": "prod/+/public", "capabilities": ["list"]},
            {"path": "dev/*", "capabilities": ["read"]},
            {"path": "dev/*", "capabilities": ["deny"]}
        ]}"#,
    )
    .unwrap();
    let may = |wanted, path| allows(&policy.rules, wanted, path);
    assert!(may(Capability::Read, "prod/db") && may(Capability::Read, "prod/a/b"));
    assert!(!may(Capability::Read, "prod/root"));
    // The first wildcard of `prod/+/public` stands where that of `prod/*` does; the one without * wins.
    assert!(may(Capability::List, "prod/a/public") && !may(Capability::Read, "prod/a/public"));
    assert!(!may(Capability::Read, "dev/db"));
    assert!(!may(Capability::Read, "other"));
}

#[test]
fn what_is_no_policy_is_refused_with_its_place() {
    for (text, told) in [
        ("", "EOF"),
        (
            r#"{"rules": [{"path": "a*b", "capabilities": []}]}"#,
            "before its end",
        ),
        (
            r#"{"rules": [{"path": "a//b", "capabilities": []}]}"#,
            "empty segment",
        ),
        (
            r#"{"rules": [{"path": "a", "capabilities": ["fly"]}]}"#,
            "fly",
        ),
        (
            r#"{"rules": [{"path": "a", "capabilities": [], "ttl": 1}]}"#,
            "ttl",
        ),
    ] {
        let error = Policy::parse(text).unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
    }
}
