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

#[test]
fn checksums_are_verified() {
    use coffer_lint::detect::judge::Confidence;
    let with_checksum: Vec<_> = formats()
        .iter()
        .filter(|format| !format.checksum().is_empty())
        .collect();
    assert!(with_checksum.len() >= 20);
    for format in with_checksum {
        let made = sample(format.pattern, 7);
        let right = coffer_lint::detect::with_checksum(&made, format.checksum());
        let right =
            right.unwrap_or_else(|| panic!("{} has a checksum that is not known", format.id));
        let last = if right.ends_with('0') { '1' } else { '0' };
        let wrong = format!("{}{last}", &right[..right.len() - 1]);
        let confidence = |token: &str| {
            let found = find(&line(&format.context, token));
            found
                .iter()
                .find(|found| found.format.checksum() == format.checksum())
                .map(|found| found.confidence)
        };
        assert_eq!(confidence(&right), Some(Confidence::High), "{}", format.id);
        assert!(confidence(&wrong) < Some(Confidence::High), "{}", format.id);
    }
}

#[test]
fn formats_of_more_than_three_hundred_services_are_known() {
    let services: std::collections::BTreeSet<_> =
        formats().iter().map(|format| format.service).collect();
    assert!(services.len() >= 300, "{}", services.len());
}
