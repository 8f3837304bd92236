//! What else belongs to a configuration: files that it reads with `file` or `templatefile`, and the folders of
//! the modules that it calls.

use std::path::{Path, PathBuf};

use super::hcl::ast::{Body, ExprKind, Item, Part};
use super::{Kind, SourceFile};

/// Larger files are no scripts.
const MAX_LINKED: u64 = 1 << 20;

/// The files of the repository that a configuration reads by a constant path.
pub fn paths(file: &SourceFile) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for call in ["file(\"", "filebase64(\""] {
        for at in memchr::memmem::find_iter(file.text.as_bytes(), call.as_bytes()) {
            let rest = file.text.get(at + call.len()..).unwrap_or_default();
            let Some(path) = rest.split('"').next().filter(|path| path.len() < 256) else {
                continue;
            };
            let path = ["${path.module}/", "${path.root}/", "./"]
                .iter()
                .find_map(|prefix| path.strip_prefix(prefix))
                .unwrap_or(path);
            if path.contains("${") || path.starts_with(['/', '~']) || path.is_empty() {
                continue;
            }
            let path = file.path.parent().unwrap_or(Path::new("")).join(path);
            let is_small = std::fs::metadata(&path)
                .is_ok_and(|meta| meta.is_file() && meta.len() < MAX_LINKED);
            if is_small {
                found.push(path);
            }
        }
    }
    found
}

/// The folders of the local modules that a file calls, as Terraform's `module` blocks and Terragrunt's
/// `terraform` blocks name them: by a constant `source` that starts with a dot.
pub fn folders(file: &SourceFile) -> Vec<PathBuf> {
    if !matches!(file.kind, Kind::Terraform | Kind::Hcl) {
        return Vec::new();
    }
    let text = &file.text;
    let own = file.path.parent().unwrap_or(Path::new(""));
    let calls = file.items().iter().filter_map(|item| match item {
        Item::Block(block) if matches!(block.name.of(text), "module" | "terraform") => {
            source(text, &block.body)
        }
        _ => None,
    });
    calls
        .filter(|source| source.starts_with('.'))
        .map(|source| own.join(source.replace("//", "/")))
        .collect()
}

fn source<'f>(text: &'f str, body: &Body) -> Option<&'f str> {
    body.items.iter().find_map(|item| match item {
        Item::Attribute(attribute) if attribute.name.of(text) == "source" => {
            match &attribute.value.kind {
                ExprKind::Template(template) => match template.parts.as_slice() {
                    [Part::Literal(span)] => Some(span.of(text)),
                    _ => None,
                },
                _ => None,
            }
        }
        _ => None,
    })
}
