//! `plain-transport`: a connection that carries credentials without encryption.

use super::finding::{Findings, Said, Severity, report};
use super::templates::templates;
use super::terraform_blocks::{Site, blocks};
use super::{Family, Rule};
use crate::detect::judge::Confidence;
use crate::run::Run;
use crate::source::hcl::ast::{Attribute, ExprKind, Part};
use crate::source::node::Node;
use crate::source::span::Span;

pub(super) const RULE: Rule = Rule {
    id: "plain-transport",
    family: Family::Lifecycle,
    severity: Severity::Medium,
    summary: "a connection that carries credentials without encryption",
    page: include_str!("../../../docs/lint/rules/plain-transport.md"),
    check,
};

/// Parts of connection strings that switch encryption off.
const MARKS: &[&str] = &[
    "sslmode=disable", "sslmode=allow", "usessl=false", "ssl=false", "encrypt=false", "tls=false",
];

/// Arguments of provider blocks that name a server.
const ADDRESSES: &[&str] = &["address", "url", "host", "endpoint", "server", "base_url", "server_url", "vault_addr", "hostname"];

fn check(run: &Run<'_>, findings: &mut Findings) {
    for block in ["provider", "resource", "data", "module"] {
        for site in blocks(run, block) {
            site.arguments(&mut |path, attribute| {
                let name = path.rsplit('.').next().unwrap_or(path);
                let Some((at, what)) = judge(&site, block, name, attribute) else { return };
                let said = said(what, format!("{}.{path}", site.address()));
                report(run, &RULE, site.id, at, said, findings);
            });
        }
    }
    for template in templates(run) {
        for (name, _, resource) in template.named("Resources") {
            let text = &template.file.text;
            let Some(properties) = resource.get(text, "Properties") else { continue };
            scalars(properties, &mut |node| {
                if let Some(mark) = node.text(text).and_then(mark) {
                    report(run, &RULE, template.id, node.span, said(format!("`{mark}`"), name.to_owned()), findings);
                }
            }, 64);
        }
    }
}

/// The place and the words for what is wrong with an argument.
fn judge(site: &Site<'_>, block: &str, name: &str, attribute: &Attribute) -> Option<(Span, String)> {
    let ExprKind::Template(template) = &attribute.value.kind else { return None };
    let text = &site.file.text;
    let first = match template.parts.first()? {
        Part::Literal(span) => span.of(text),
        _ => "",
    };
    if matches!(name, "sslmode" | "ssl_mode") && first == "disable" {
        return Some((attribute.name, format!("`{name} = \"disable\"`")));
    }
    let is_server = block == "provider" && ADDRESSES.contains(&name);
    if is_server && first.starts_with("http://") && !is_local(first) {
        return Some((attribute.value.span, "`http://`".to_owned()));
    }
    template.parts.iter().find_map(|part| match part {
        Part::Literal(span) => mark(span.of(text)).map(|mark| (attribute.value.span, format!("`{mark}`"))),
        _ => None,
    })
}

/// What switches encryption off in a connection string to another machine.
fn mark(text: &str) -> Option<&'static str> {
    let lower = text.to_ascii_lowercase();
    let is_connection = lower.contains("://") || lower.contains(';') || lower.contains("host=");
    if !is_connection || is_local(&lower) {
        return None;
    }
    MARKS.iter().find(|mark| lower.contains(**mark)).copied()
}

fn is_local(text: &str) -> bool {
    ["localhost", "127.0.0.1", "[::1]", "0.0.0.0", ".local", "host.docker.internal"].iter().any(|host| text.contains(host))
}

fn scalars<'p>(node: &'p Node, act: &mut impl FnMut(&'p Node), depth: u8) {
    if depth == 0 {
        return;
    }
    if node.own_items().is_empty() && node.own_entries().is_empty() {
        act(node);
    }
    node.own_items().iter().for_each(|item| scalars(item, act, depth - 1));
    node.own_entries().iter().for_each(|entry| scalars(&entry.value, act, depth - 1));
}

fn said(what: String, sink: String) -> Said {
    Said {
        message: format!("{what}: credentials cross the network in plain text"),
        help: "use TLS: `https://`, `sslmode=verify-full`, `encrypt=true`".to_owned(),
        sink,
        confidence: Confidence::High,
    }
}
