//! `embedded-private-key`: a private key in a file.

use crate::exposure::{Exposure, Reason};
use super::credential::{Class, report};
use super::finding::{Findings, Severity};
use super::{Family, Rule};
use crate::run::Run;

pub(super) const RULE: Rule = Rule {
    id: "embedded-private-key",
    family: Family::Credentials,
    severity: Severity::Critical,
    summary: "a private key in a file",
    page: include_str!("../../../docs/lint/rules/embedded-private-key.md"),
    check,
};

fn check(run: &Run<'_>, findings: &mut Findings) {
    report(run, &RULE, Class::PrivateKey, findings, say);
}

fn say(exposure: &Exposure) -> (String, String) {
    let message = match exposure.reason {
        Reason::PrivateKey { encrypted: true } => {
            "this private key is protected by nothing but its passphrase"
        }
        _ => "this private key is readable for everybody who has the file",
    };
    (
        message.to_owned(),
        "make a new key pair, keep the private half in a secret store, and remove this one from the history".to_owned(),
    )
}
