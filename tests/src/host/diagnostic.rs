//! What a provider tells the user.

use std::fmt;

use super::proto::tfplugin5 as wire;

/// How grave it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The call failed.
    Error,
    /// It did not.
    Warning,
}

/// One diagnostic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How grave it is.
    pub severity: Severity,
    /// What happened.
    pub summary: String,
    /// Why, and what to do.
    pub detail: String,
    /// The attribute, as `tag[0].text`; empty if none is meant.
    pub path: String,
}

impl Diagnostic {
    pub(super) fn all(diagnostics: Vec<wire::Diagnostic>) -> Vec<Self> {
        diagnostics.into_iter().map(Self::from_wire).collect()
    }

    fn from_wire(diagnostic: wire::Diagnostic) -> Self {
        let severity = match diagnostic.severity() {
            wire::diagnostic::Severity::Warning => Severity::Warning,
            _ => Severity::Error,
        };
        Self {
            severity,
            summary: diagnostic.summary,
            detail: diagnostic.detail,
            path: diagnostic
                .attribute
                .map(|path| written(&path))
                .unwrap_or_default(),
        }
    }
}

/// A path in words.
pub(super) fn written(path: &wire::AttributePath) -> String {
    use wire::attribute_path::step::Selector;
    let mut text = String::new();
    for step in &path.steps {
        match &step.selector {
            Some(Selector::AttributeName(name)) => {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(name);
            }
            Some(Selector::ElementKeyString(key)) => text.push_str(&format!("[{key:?}]")),
            Some(Selector::ElementKeyInt(index)) => text.push_str(&format!("[{index}]")),
            None => text.push_str(".?"),
        }
    }
    text
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let at = if self.path.is_empty() { "" } else { " at " };
        write!(
            f,
            "{kind}{at}{}: {}: {}",
            self.path, self.summary, self.detail
        )
    }
}
