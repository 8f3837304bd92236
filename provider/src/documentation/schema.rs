//! A block's attributes and nested blocks as Markdown.

use coffer_plugin::cty::Cty;
use coffer_plugin::schema::{
    Attribute, Block, Constraint, NestedBlock, Nesting, Presence, Replace,
};

use super::type_name::{members, words};

const WRITE_ONLY: &str = "[Write-only](https://developer.hashicorp.com/terraform/language/resources/ephemeral#write-only-arguments)";

/// The section with the whole schema.
pub(super) fn section(block: &Block) -> String {
    let mut text = format!("## Schema\n\n{}", groups(block, "", "###"));
    text.push_str(&nested_sections(block, ""));
    text
}

/// What is required, optional and read-only, and the rules between them.
fn groups(block: &Block, path: &str, level: &str) -> String {
    let mut text = String::new();
    for constraint in &block.constraints {
        text.push_str(&format!("{}\n\n", rule(constraint)));
    }
    let is = |presences: &'static [Presence]| {
        move |attribute: &&Attribute| presences.contains(&attribute.presence)
    };
    for (title, presences, wanted) in [
        ("Required", &[Presence::Required][..], Some(true)),
        (
            "Optional",
            &[Presence::Optional, Presence::OptionalComputed],
            Some(false),
        ),
        ("Read-Only", &[Presence::Computed], None),
    ] {
        let attributes = block.attributes.iter().filter(is(presences));
        let mut lines: Vec<String> = attributes.map(|it| attribute(it, path)).collect();
        let blocks = block.blocks.iter().filter(|it| wanted == Some(it.min > 0));
        lines.extend(blocks.map(|it| nested_block(it, path)));
        if !lines.is_empty() {
            text.push_str(&format!("{level} {title}\n\n{}\n\n", lines.join("\n")));
        }
    }
    text
}

fn rule(constraint: &Constraint) -> String {
    let names: Vec<String> = constraint
        .names()
        .iter()
        .map(|name| format!("`{name}`"))
        .collect();
    let names = names.join(", ");
    match constraint {
        Constraint::Conflicts(_) => format!("At most one of {names} is set."),
        Constraint::ExactlyOneOf(_) => format!("Exactly one of {names} is set."),
        Constraint::AtLeastOneOf(_) => format!("At least one of {names} is set."),
        Constraint::RequiredTogether(_) => format!("All of {names} are set, or none."),
    }
}

fn attribute(attribute: &Attribute, path: &str) -> String {
    let mut marks = vec![words(&attribute.ty)];
    if attribute.sensitive {
        marks.push("Sensitive".to_owned());
    }
    if attribute.write_only {
        marks.push(WRITE_ONLY.to_owned());
    }
    if attribute.deprecated.is_some() {
        marks.push("Deprecated".to_owned());
    }
    if attribute.replace != Replace::Never {
        marks.push("a change replaces the resource".to_owned());
    }
    let mut text = format!(
        "- `{}` ({}) {}",
        attribute.name,
        marks.join(", "),
        inside_list(attribute.description)
    );
    if let Some(default) = &attribute.default {
        text.push_str(&format!(" Defaults to `{}`.", literal(default)));
    }
    if let Some(preferred) = attribute.prefer {
        text.push_str(&format!(" Prefer `{preferred}`."));
    }
    if let Some(instead) = attribute.deprecated {
        text.push_str(&format!(" {}", inside_list(instead)));
    }
    if members(&attribute.ty).is_some() {
        text.push_str(&see_below("nestedatt", path, attribute.name));
    }
    text
}

/// A default as a configuration writes it.
fn literal(value: &Cty) -> String {
    match value {
        Cty::Null | Cty::Unknown => "null".to_owned(),
        Cty::Bool(value) => value.to_string(),
        Cty::Number(value) => value.to_string(),
        Cty::String(value) => value.clone(),
        Cty::List(elements) | Cty::Set(elements) => {
            let elements: Vec<String> = elements.iter().map(literal).collect();
            format!("[{}]", elements.join(", "))
        }
        Cty::Object(members) => {
            let members = members
                .iter()
                .map(|(name, value)| format!("{name} = {}", literal(value)));
            format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
        }
        Cty::Typed(_, value) => literal(value),
    }
}

fn nested_block(nested: &NestedBlock, path: &str) -> String {
    let kind = match nested.nesting {
        Nesting::Single => "Block",
        Nesting::List => "Block List",
        Nesting::Set => "Block Set",
        Nesting::Map => "Block Map",
    };
    let limits = match (nested.nesting, nested.min, nested.max) {
        (Nesting::Single, ..) | (_, 0, 0) => String::new(),
        (_, 0, max) => format!(", Max: {max}"),
        (_, min, 0) => format!(", Min: {min}"),
        (_, min, max) => format!(", Min: {min}, Max: {max}"),
    };
    format!(
        "- `{}` ({kind}{limits}) {}{}",
        nested.name,
        inside_list(nested.block.description),
        see_below("nestedblock", path, nested.name)
    )
}

fn see_below(kind: &str, path: &str, name: &str) -> String {
    format!(
        " (see [below for nested schema](#{kind}--{}))",
        anchor(path, name)
    )
}

fn anchor(path: &str, name: &str) -> String {
    dotted(path, name).replace('.', "--")
}

fn dotted(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

fn nested_sections(block: &Block, path: &str) -> String {
    let mut text = String::new();
    for attribute in &block.attributes {
        if let Some(members) = members(&attribute.ty) {
            text.push_str(&heading("nestedatt", path, attribute.name));
            for (name, ty) in members {
                text.push_str(&format!("- `{name}` ({})\n", words(ty)));
            }
            text.push('\n');
        }
    }
    for nested in &block.blocks {
        let inner = dotted(path, nested.name);
        text.push_str(&heading("nestedblock", path, nested.name));
        text.push_str(&groups(&nested.block, &inner, "####"));
        text.push_str(&nested_sections(&nested.block, &inner));
    }
    text
}

fn heading(kind: &str, path: &str, name: &str) -> String {
    let dotted = dotted(path, name);
    let anchor = anchor(path, name);
    format!("<a id=\"{kind}--{anchor}\"></a>\n### Nested Schema for `{dotted}`\n\n")
}

/// Text of several lines as one item of a list.
pub(super) fn inside_list(text: &str) -> String {
    let paragraphs = text
        .split("\n\n")
        .map(|paragraph| paragraph.replace('\n', " "));
    paragraphs.collect::<Vec<_>>().join("\n\n  ")
}
