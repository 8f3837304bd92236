//! Terragrunt: which files a file includes, and its inputs on their way to the local module that it runs.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::modules::{Modules, constant, find, normal, numbered};
use crate::source::hcl::ast::{Attribute, Expr, ExprKind, Item, ObjectItem, Part};
use crate::source::{FileId, Kind, SourceFile};

impl<'p> Modules<'p> {
    /// Notes what each file includes, and gives its inputs, and those of what it includes, to its module.
    pub(super) fn link_terragrunt(&mut self, files: &'p [SourceFile]) {
        let all: Vec<(FileId, &'p SourceFile, usize)> = numbered(files)
            .filter(|(_, file)| file.kind == Kind::Hcl)
            .filter_map(|(id, file)| Some((id, file, self.of_file(id)?)))
            .collect();
        let known: HashMap<PathBuf, (FileId, &'p SourceFile, usize)> = all
            .iter()
            .map(|entry| (normal(&entry.1.path), *entry))
            .collect();
        for (id, file, own) in all {
            let included: Vec<_> = includes(file)
                .filter_map(|(name, path)| Some((name, *path.found(&file.path, &known)?)))
                .collect();
            if let Some(module) = self.all.get_mut(own) {
                let indices = included.iter().map(|(name, (_, _, index))| (*name, *index));
                module.included.extend(indices);
            }
            let merged = || {
                let included = included.iter().map(|(_, entry)| *entry);
                std::iter::once((id, file, own)).chain(included)
            };
            // A path that an included file gives starts at the file that includes it.
            let Some(source) = merged().find_map(|(_, file, _)| source(file)) else {
                continue;
            };
            // `//` only tells what to copy.
            let folder = file.path.parent().unwrap_or(Path::new(""));
            let folder = folder.join(source.replace("//", "/"));
            let Some(target) = self.in_folder(&folder) else {
                continue;
            };
            let Some(module) = self.all.get_mut(target) else {
                continue;
            };
            for (id, file, index) in merged() {
                for (name, item) in inputs(file) {
                    let of_name = module.inputs.entry(name).or_default();
                    of_name.push((index, (id, item)));
                }
            }
        }
    }
}

/// How an `include` block names its file.
enum Included<'p> {
    /// By a path from the file's own folder.
    At(&'p str),
    /// As the nearest file of this name in a folder above.
    Above(&'p str),
}

impl Included<'_> {
    fn found<'k, T>(&self, from: &Path, known: &'k HashMap<PathBuf, T>) -> Option<&'k T> {
        let folder = from.parent()?;
        match self {
            Self::At(path) => known.get(&normal(&folder.join(path))),
            Self::Above(name) => folder
                .ancestors()
                .skip(1)
                .find_map(|above| known.get(&normal(&above.join(name)))),
        }
    }
}

/// The `include` blocks of a file: their names, and what they include.
fn includes(file: &SourceFile) -> impl Iterator<Item = (&str, Included<'_>)> {
    let text = &file.text;
    file.items().iter().filter_map(move |item| match item {
        Item::Block(block) if block.name.of(text) == "include" => {
            let name = block.labels.first().map_or("", |label| label.of(text));
            Some((name, include(text, find(text, &block.body, "path")?)?))
        }
        _ => None,
    })
}

fn include<'p>(text: &'p str, path: &'p Attribute) -> Option<Included<'p>> {
    if let Some(path) = constant(text, path) {
        return Some(Included::At(path));
    }
    // `"${find_in_parent_folders()}"` is the older form.
    let call = match &path.value.kind {
        ExprKind::Template(template) => match template.parts.as_slice() {
            [Part::Interpolation(inner)] => inner,
            _ => return None,
        },
        _ => &path.value,
    };
    match &call.kind {
        ExprKind::Call(name, arguments) if name.of(text) == "find_in_parent_folders" => {
            let name = arguments.first().map(|name| literal(text, name));
            Some(Included::Above(name.unwrap_or(Some("terragrunt.hcl"))?))
        }
        _ => None,
    }
}

fn literal<'p>(text: &'p str, expr: &Expr) -> Option<&'p str> {
    match &expr.kind {
        ExprKind::Template(template) => match template.parts.as_slice() {
            [Part::Literal(span)] => Some(span.of(text)),
            _ => None,
        },
        _ => None,
    }
}

/// The local source of the module that a file runs.
fn source(file: &SourceFile) -> Option<&str> {
    let text = &file.text;
    let source = file.items().iter().find_map(|item| match item {
        Item::Block(block) if block.name.of(text) == "terraform" => {
            constant(text, find(text, &block.body, "source")?)
        }
        _ => None,
    })?;
    source.starts_with('.').then_some(source)
}

/// The `inputs` of a file by the names of variables.
fn inputs(file: &SourceFile) -> impl Iterator<Item = (&str, &ObjectItem)> {
    let text = &file.text;
    let items = file.items().iter().find_map(|item| match item {
        Item::Attribute(attribute) if attribute.name.of(text) == "inputs" => {
            match &attribute.value.kind {
                ExprKind::Object(items) => Some(items.as_slice()),
                _ => None,
            }
        }
        _ => None,
    });
    let items = items.unwrap_or_default().iter();
    items.filter_map(move |item| match &item.key.kind {
        ExprKind::Reference(name, steps) if steps.is_empty() => Some((name.of(text), item)),
        _ => None,
    })
}
