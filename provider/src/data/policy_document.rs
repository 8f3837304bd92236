//! `data "coffer_policy_document"`

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use coffer_plugin::{Context, DataSource, Diagnostic, Model, Result, Value, validators};
use coffer_vault::{Capability, Policy, Rule};

use crate::Coffer;
use crate::policy_rule::PolicyRule;

/// Writes a policy down in the language of a system: for the embedded vault, or for the KV version 2 engine of OpenBao and
/// HashiCorp Vault. It reads nothing.
#[derive(Model)]
pub(crate) struct PolicyDocument {
    /// The rules.
    #[block(min = 1)]
    rule: Vec<PolicyRule>,
    /// Where OpenBao's engine is mounted. `secret` unless set.
    #[attr(optional, validate = validators::not_empty())]
    mount: Value<String>,
    /// The policy as the embedded vault takes it: `coffer policy write --file`.
    #[attr(computed)]
    json: Value<String>,
    /// The policy as OpenBao and HashiCorp Vault take it: `bao policy write`.
    #[attr(computed)]
    openbao: Value<String>,
}

impl DataSource for PolicyDocument {
    type Provider = Coffer;
    const TYPE_NAME: &'static str = "coffer_policy_document";

    async fn read(_: &Context<Coffer>, config: Self) -> Result<Self> {
        let rules: Result<Vec<Rule>, Diagnostic> =
            config.rule.iter().map(PolicyRule::to_rule).collect();
        let policy = Policy { rules: rules? };
        let mount = config.mount.as_known().map_or("secret", String::as_str);
        Ok(Self {
            // Rules of texts always have a JSON form.
            json: Value::Known(serde_json::to_string(&policy).unwrap_or_default()),
            openbao: Value::Known(openbao(&policy, mount.trim_matches('/'))),
            ..config
        })
    }
}

/// The paths of the engine that a capability needs, and what it needs there.
fn needs(capability: Capability) -> &'static [(&'static str, &'static str)] {
    match capability {
        Capability::Create => &[("data", "create")],
        Capability::Read => &[("data", "read")],
        Capability::Update => &[("data", "update"), ("metadata", "update")],
        Capability::Delete => &[("data", "delete"), ("undelete", "update")],
        Capability::Destroy => &[("destroy", "update"), ("metadata", "delete")],
        Capability::List => &[("metadata", "list"), ("metadata", "read")],
        Capability::Deny => &[("data", "deny"), ("metadata", "deny")],
    }
}

/// The policy in OpenBao's language. Its patterns are coffer's: `+` for one segment, `*` at the end.
fn openbao(policy: &Policy, mount: &str) -> String {
    let mut paths: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for rule in &policy.rules {
        for (kind, capability) in rule.capabilities.iter().flat_map(|it| needs(*it)) {
            let path = format!("{mount}/{kind}/{}", rule.path.as_str());
            paths.entry(path).or_default().insert(capability);
        }
    }
    let mut text = String::new();
    for (path, mut capabilities) in paths {
        if capabilities.contains("deny") {
            capabilities = BTreeSet::from(["deny"]);
        }
        let list: Vec<String> = capabilities.iter().map(|it| format!("\"{it}\"")).collect();
        if !text.is_empty() {
            text.push('\n');
        }
        // Writing to a text does not fail.
        let _ = writeln!(
            text,
            "path \"{path}\" {{\n  capabilities = [{}]\n}}",
            list.join(", ")
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_become_paths_of_the_engine_and_deny_stands_alone() {
        let policy = Policy::parse(
            r#"{"rules": [
                {"path": "prod/*", "capabilities": ["read", "list"]},
                {"path": "prod/root", "capabilities": ["read", "deny"]}
            ]}"#,
        )
        .unwrap();
        assert_eq!(
            openbao(&policy, "kv"),
            "path \"kv/data/prod/*\" {\n  capabilities = [\"read\"]\n}\n\n\
             path \"kv/data/prod/root\" {\n  capabilities = [\"deny\"]\n}\n\n\
             path \"kv/metadata/prod/*\" {\n  capabilities = [\"list\", \"read\"]\n}\n\n\
             path \"kv/metadata/prod/root\" {\n  capabilities = [\"deny\"]\n}\n"
        );
    }
}
