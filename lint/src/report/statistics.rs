//! How often each rule found something.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::run::Outcome;

/// Writes the counts, the most frequent rule first.
///
/// # Errors
/// When the output cannot be written.
pub fn write(outcome: &Outcome, out: &mut impl Write) -> io::Result<()> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in &outcome.findings {
        *counts.entry(finding.rule.id).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(rule, count)| (std::cmp::Reverse(*count), *rule));
    for (rule, count) in counts {
        writeln!(out, "{count:6} {rule}")?;
    }
    Ok(())
}
