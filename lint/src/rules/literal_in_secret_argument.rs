//! `literal-in-secret-argument`: a literal in an argument that holds a secret.

use crate::exposure::Exposure;
use crate::knowledge::terraform;
use super::credential::{Class, report, sink};
use super::finding::{Findings, Severity};
use super::{Family, Rule};
use crate::run::Run;

pub(super) const RULE: Rule = Rule {
    id: "literal-in-secret-argument",
    family: Family::Credentials,
    severity: Severity::High,
    summary: "a literal in an argument that holds a secret",
    page: include_str!("../../../docs/lint/rules/literal-in-secret-argument.md"),
    check,
};

fn check(run: &Run<'_>, findings: &mut Findings) {
    report(run, &RULE, Class::Argument, findings, say);
}

fn say(exposure: &Exposure) -> (String, String) {
    (
        format!("{} holds a secret that stands in the code and will stand in the state", sink(exposure)),
        replacement(&exposure.target.0, &exposure.target.1),
    )
}

/// What to write in place of a literal at this argument.
fn replacement(kind: &str, path: &str) -> String {
    let (block, name) = path.rsplit_once('.').unwrap_or(("", path));
    match terraform::argument(kind, path) {
        Some(facts) if !facts.twin.is_empty() => {
            let since = terraform::since_words(facts.since)
                .map_or_else(String::new, |since| format!(" ({since})"));
            let within = if block.is_empty() { String::new() } else { format!(" in `{block}`") };
            format!(
                "write `{}` with `{}_version` instead of `{name}`{within}{since}, and feed it from an ephemeral resource such as `ephemeral \"coffer_secret\"`",
                facts.twin, facts.twin
            )
        }
        _ => "take the value from a `sensitive` variable without a default, filled from a secret store; this argument has no write-only twin, so keep the state private".to_owned(),
    }
}
