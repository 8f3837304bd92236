//! A rule of a policy as a nested block.

use std::collections::BTreeSet;

use coffer_plugin::{Diagnostic, Model, Value, validators};
use coffer_vault::{Capability, PathPattern, Rule};

/// What is allowed on some paths. The most specific path wins, and `deny` wins over everything else there.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct PolicyRule {
    /// The paths: `prod/db`, `prod/+/password` (any one segment), or `prod/*` (anything that follows).
    #[attr(required, validate = path)]
    pub(crate) path: Value<String>,
    /// What is allowed: `create`, `read`, `update`, `delete`, `destroy`, `list`; or `deny`.
    #[attr(required, validate(validators::items(1..=7), validators::each(|text: &String| capability(text))))]
    pub(crate) capabilities: Value<BTreeSet<String>>,
}

fn path(text: &str) -> Result<(), String> {
    PathPattern::parse(text)
        .map(drop)
        .map_err(|error| format!("{error}."))
}

fn capability(text: &str) -> Result<(), String> {
    text.parse::<Capability>()
        .map(drop)
        .map_err(|error| format!("{error}."))
}

impl PolicyRule {
    /// The rule in the vault's terms.
    pub(crate) fn to_rule(&self) -> Result<Rule, Diagnostic> {
        let invalid = |error: coffer_vault::Error| {
            Diagnostic::error("This is no rule", format!("{error}.")).at("rule")
        };
        let path = self.path.clone().require("rule")?;
        let capabilities = self.capabilities.clone().require("rule")?;
        Ok(Rule {
            path: PathPattern::parse(&path).map_err(invalid)?,
            capabilities: capabilities
                .iter()
                .map(|text| text.parse().map_err(invalid))
                .collect::<Result<_, _>>()?,
        })
    }

    /// The block of a rule of the vault.
    pub(crate) fn of(rule: &Rule) -> Self {
        Self {
            path: Value::Known(rule.path.as_str().to_owned()),
            capabilities: Value::Known(rule.capabilities.iter().map(ToString::to_string).collect()),
        }
    }
}
