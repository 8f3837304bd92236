//! Every token format finds a token that was made after it, and not one that is cut or glued.

use coffer_lint::detect::tokens::{find, formats};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// A token after the pattern; the same one in every run.
fn sample(pattern: &str, seed: u8) -> String {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let strategy = proptest::string::string_regex(pattern).unwrap();
    strategy.new_tree(&mut runner).unwrap().current()
}

/// The token in a line that names its service.
fn line(context: &[&str], token: &str) -> String {
    format!(
        "{}_secret_key = \"{token}\"\n",
        context.first().unwrap_or(&"x")
    )
}

#[test]
fn made_tokens_are_found() {
    let mut missed = Vec::new();
    for format in formats() {
        let hits = (0..8).filter(|seed| {
            let token = sample(format.pattern, *seed);
            let text = line(&format.context, &token);
            // Formats overlap: which of them names the token does not matter here.
            find(&text)
                .iter()
                .any(|found| token.contains(&text[found.range.clone()]))
        });
        if hits.count() < 4 {
            missed.push(format.id);
        }
    }
    let share = missed.len() * 100 / formats().len();
    assert!(
        share < 8,
        "{} of {} formats: {missed:?}",
        missed.len(),
        formats().len()
    );
}

#[test]
fn every_pattern_compiles_and_formats_are_many() {
    assert!(formats().len() >= 600);
    for format in formats() {
        assert!(
            regex::bytes::RegexBuilder::new(format.pattern)
                .unicode(false)
                .build()
                .is_ok(),
            "{}",
            format.id
        );
    }
}

#[test]
fn a_token_glued_to_a_longer_word_is_none() {
    let token = format!("ghp_{}", sample("[0-9A-Za-z]{36}", 3));
    assert_eq!(find(&format!("a = \"{token}\"")).len(), 1);
    assert_eq!(find(&format!("a = \"x{token}\"")).len(), 0);
    assert_eq!(find(&format!("a = \"{token}x\"")).len(), 0);
    assert_eq!(find(&format!("a = \"{}\"", &token[..30])).len(), 0);
}

#[test]
fn documented_examples_are_marked() {
    let example = ["AKIAIOSFODNN7", "EXAMPLE"].concat();
    assert!(find(&example)[0].example);
}
