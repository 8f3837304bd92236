//! Blocks that the rewritten code needs: ephemeral resources, variables, the provider.

use super::Naming;
use crate::fix::Edit;
use crate::fix::body::line_end;
use crate::resolve::modules::Module;
use crate::run::Run;
use crate::source::hcl::ast::{Block, Item};
use crate::source::span::Span;
use crate::source::{FileId, SourceFile};

/// An ephemeral resource that reads a secret.
pub(super) fn ephemeral_block(label: &str, name: &str) -> String {
    format!("ephemeral \"coffer_secret\" \"{label}\" {{\n  name = \"{name}\"\n}}\n")
}

/// A variable for a value that comes from outside.
pub(super) fn variable_block(name: &str) -> String {
    format!("variable \"{name}\" {{\n  type      = string\n  sensitive = true\n}}\n")
}

/// The edit that puts a block at the end of a file.
pub(super) fn appended(file: &SourceFile, id: FileId, block: &str) -> Edit {
    let end = line_end(file);
    let gap = match file.text.as_str() {
        "" => "",
        text if text.ends_with('\n') => "\n",
        _ => "\n\n",
    };
    Edit {
        file: id,
        at: Span::new(file.text.len(), file.text.len()),
        text: format!("{gap}{block}").replace('\n', end),
    }
}

/// The edits that declare the provider in every module that uses it, and set it up in those that nobody calls.
pub(super) fn edits(run: &Run<'_>, naming: &Naming) -> Vec<Edit> {
    let mut edits = Vec::new();
    let users = run
        .modules
        .all
        .iter()
        .filter(|module| uses_coffer(run, module));
    for module in users.clone() {
        edits.extend(requirement(run, module));
    }
    // The root that calls a module that uses it, over any number of calls.
    for module in run
        .modules
        .all
        .iter()
        .filter(|module| module.callers.is_empty())
    {
        if users.clone().any(|user| is_reached(run, user, module)) {
            edits.extend(provider(run, module, naming));
        }
    }
    edits
}

fn is_reached(run: &Run<'_>, user: &Module<'_>, root: &Module<'_>) -> bool {
    let mut seen = Vec::new();
    let mut waiting = vec![user];
    while let Some(module) = waiting.pop() {
        if std::ptr::eq(module, root) {
            return true;
        }
        for (caller, _) in &module.callers {
            if !seen.contains(caller) {
                seen.push(*caller);
                waiting.extend(run.modules.all.get(*caller));
            }
        }
    }
    false
}

fn blocks<'r>(
    run: &'r Run<'_>,
    module: &'r Module<'_>,
) -> impl Iterator<Item = (FileId, &'r SourceFile, &'r Block)> {
    let files = module
        .files
        .iter()
        .filter_map(|id| Some((*id, run.file(*id)?)));
    files.flat_map(|(id, file)| {
        file.items().iter().filter_map(move |item| match item {
            Item::Block(block) => Some((id, file, block)),
            Item::Attribute(_) => None,
        })
    })
}

fn uses_coffer(run: &Run<'_>, module: &Module<'_>) -> bool {
    blocks(run, module).any(|(_, file, block)| {
        let label = block.labels.first();
        matches!(block.name.of(&file.text), "ephemeral" | "resource")
            && label.is_some_and(|label| label.of(&file.text).starts_with("coffer_"))
    })
}

/// `coffer = { source = "coffer/coffer" }` among the required providers.
fn requirement(run: &Run<'_>, module: &Module<'_>) -> Option<Edit> {
    let entry = "coffer = {\n      source = \"coffer/coffer\"\n    }";
    let mut found = None;
    for (id, file, block) in blocks(run, module) {
        if block.name.of(&file.text) != "terraform" {
            continue;
        }
        for item in &block.body.items {
            if let Item::Block(inner) = item
                && inner.name.of(&file.text) == "required_providers"
            {
                found = Some((id, file, inner));
            }
        }
    }
    let Some((id, file, inner)) = found else {
        let id = *module.files.first()?;
        let block = format!("terraform {{\n  required_providers {{\n    {entry}\n  }}\n}}\n");
        return Some(appended(run.file(id)?, id, &block));
    };
    let is_there = |item: &Item| matches!(item, Item::Attribute(attribute) if attribute.name.of(&file.text) == "coffer");
    if inner.body.items.iter().any(is_there) {
        return None;
    }
    let start = inner.body.span.start;
    Some(Edit {
        file: id,
        at: Span { start, end: start },
        text: format!("\n    {entry}").replace('\n', line_end(file)),
    })
}

/// The block of the provider, where there is none.
fn provider(run: &Run<'_>, module: &Module<'_>, naming: &Naming) -> Option<Edit> {
    let is_there = blocks(run, module).any(|(_, file, block)| {
        let label = block.labels.first();
        block.name.of(&file.text) == "provider"
            && label.is_some_and(|label| label.of(&file.text) == "coffer")
    });
    if is_there {
        return None;
    }
    let id = *module.files.first()?;
    let lines: String = naming
        .vault
        .iter()
        .map(|line| format!("    {line}\n"))
        .collect();
    let block = match lines.as_str() {
        "" => "provider \"coffer\" {}\n".to_owned(),
        lines => format!("provider \"coffer\" {{\n  local {{\n{lines}  }}\n}}\n"),
    };
    Some(appended(run.file(id)?, id, &block))
}
