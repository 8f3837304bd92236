//! What the rules of the credentials family share: one exposure, one class, one rule.

use super::Rule;
use super::finding::{Finding, Findings, Severity, fingerprint, redact};
use crate::exposure::{Exposure, Origin, Reason};
use crate::knowledge::terraform::Setting;
use crate::run::Run;
use crate::source::Kind;

/// Which rule an exposure belongs to. Each exposure has exactly one class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// `embedded-token`
    Token,
    /// `embedded-private-key`
    PrivateKey,
    /// `secret-in-comment`
    Comment,
    /// `credential-in-provider`
    Provider,
    /// `credential-in-backend`
    Backend,
    /// `credential-in-connection`
    Connection,
    /// `credential-in-module-source`
    ModuleSource,
    /// `password-in-connection-string`
    ConnectionString,
    /// `credential-in-header`
    Header,
    /// `literal-in-parameter-default`
    Parameter,
    /// `secret-in-mapping`
    Mapping,
    /// `secret-in-metadata`
    Metadata,
    /// `literal-in-variable-default`
    VariableDefault,
    /// `literal-in-tfvars`
    Tfvars,
    /// `literal-in-local`
    Local,
    /// `literal-in-module-input`
    ModuleInput,
    /// `literal-in-output`
    Output,
    /// `secret-in-environment`
    Environment,
    /// `secret-in-script`
    Script,
    /// `literal-in-secret-property`
    Property,
    /// `literal-in-secret-argument`
    Argument,
    /// `literal-in-named-argument`
    Named,
}

/// The class of an exposure.
pub fn class(run: &Run<'_>, exposure: &Exposure) -> Class {
    let is_template = run
        .file(exposure.file)
        .is_some_and(|file| file.kind == Kind::CloudFormation);
    match (exposure.reason, exposure.origin) {
        (Reason::Token(_), _) => Class::Token,
        (Reason::PrivateKey { .. }, _) => Class::PrivateKey,
        (_, Origin::Comment) => Class::Comment,
        (Reason::ConnectionString, Origin::ModuleInput)
            if exposure.target.1 == "source" && exposure.sink.starts_with("module.") =>
        {
            Class::ModuleSource
        }
        (Reason::Provider, _) => Class::Provider,
        (Reason::Backend, _) => Class::Backend,
        (Reason::Connection, _) => Class::Connection,
        (Reason::ConnectionString, _) => Class::ConnectionString,
        (Reason::Header, _) => Class::Header,
        (_, Origin::Parameter) => Class::Parameter,
        (_, Origin::Mapping) => Class::Mapping,
        (_, Origin::Metadata) => Class::Metadata,
        (_, Origin::VariableDefault) => Class::VariableDefault,
        (_, Origin::Tfvars) => Class::Tfvars,
        (_, Origin::Local) => Class::Local,
        (_, Origin::ModuleInput) => Class::ModuleInput,
        (_, Origin::Output) => Class::Output,
        (Reason::Environment, _) => Class::Environment,
        (Reason::Script, _) => Class::Script,
        (Reason::Schema, _) if is_template => Class::Property,
        (Reason::Name, _) if is_template => Class::Property,
        (Reason::Schema, _) => Class::Argument,
        (Reason::Name, _) => Class::Named,
    }
}

/// Reports every exposure of a class, with what the rule says of it: a message and a help text.
pub(super) fn report(
    run: &Run<'_>,
    rule: &'static Rule,
    wanted: Class,
    findings: &mut Findings,
    say: impl Fn(&Exposure) -> (String, String),
) {
    for exposure in &run.exposures {
        if class(run, exposure) == wanted {
            let (message, help) = say(exposure);
            findings
                .all
                .push(finding(run, rule, exposure, message, help));
        }
    }
}

fn finding(
    run: &Run<'_>,
    rule: &'static Rule,
    exposure: &Exposure,
    message: String,
    help: String,
) -> Finding {
    let path = run.path(exposure.file);
    let prefix = match exposure.reason {
        Reason::Token(_) => 4,
        _ => 0,
    };
    let severity = match exposure.reason {
        _ if exposure.weak || exposure.origin == Origin::Comment => Severity::Low,
        Reason::Token(format) => match format.severity {
            "critical" => Severity::Critical,
            "high" => Severity::High,
            "medium" => Severity::Medium,
            _ => Severity::Low,
        },
        Reason::PrivateKey { encrypted: true } => Severity::Medium,
        _ => rule.severity,
    };
    Finding {
        rule,
        severity,
        confidence: exposure.confidence,
        file: exposure.file,
        at: exposure.at,
        message,
        help,
        value: redact(&exposure.value, prefix),
        sink: exposure.sink.clone(),
        used: exposure.used,
        hops: exposure.hops.clone(),
        fingerprint: fingerprint(rule.id, &path, &exposure.sink, &exposure.value),
        fix: None,
    }
}

/// The sink in backquotes, or a word for a place without a name.
pub(super) fn sink(exposure: &Exposure) -> String {
    match exposure.sink.as_str() {
        "" => "this file".to_owned(),
        sink => format!("`{sink}`"),
    }
}

/// What to use in place of a credential in a provider or backend block.
pub(super) fn instead(setting: Option<&Setting>, fallback: &str) -> String {
    match setting {
        Some(Setting {
            variable, better, ..
        }) if !variable.is_empty() && !better.is_empty() => {
            format!("remove the argument and set `{variable}`; better still: {better}")
        }
        Some(Setting { variable, .. }) if !variable.is_empty() => {
            format!("remove the argument and set `{variable}`")
        }
        _ => fallback.to_owned(),
    }
}
