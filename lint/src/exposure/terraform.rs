//! Where values end up in Terraform: every argument of every block.

use std::cell::Cell;

use super::Exposure;
use super::argument::{BlockKind, Target};
use super::declared;
use super::inside::{MAX_VALUES, visit};
use crate::knowledge::Added;
use crate::resolve::modules::{Modules, constant, find};
use crate::resolve::terraform::{Evaluator, Scope};
use crate::resolve::value::{Field, Value};
use crate::source::hcl::ast::{Block, Body, Item};
use crate::source::span::Span;
use crate::source::{FileId, Kind, SourceFile};

/// Walks all files of a module.
pub(super) fn walk(
    files: &[SourceFile],
    modules: &Modules<'_>,
    added: &Added,
    index: usize,
) -> Vec<Exposure> {
    let evaluator = Evaluator::new(files, modules);
    let mut found = Vec::new();
    let Some(module) = modules.all.get(index) else {
        return found;
    };
    for id in &module.files {
        let Some(file) = files.get(id.0 as usize) else {
            continue;
        };
        let mut walker = Walker {
            evaluator: &evaluator,
            added,
            file,
            scope: Scope::of(Some(index), *id),
            found: &mut found,
        };
        for item in file.items() {
            walker.top_level(item);
        }
    }
    found
}

/// Walks a variable definitions file.
pub(super) fn walk_values(
    files: &[SourceFile],
    modules: &Modules<'_>,
    added: &Added,
    id: FileId,
) -> Vec<Exposure> {
    let evaluator = Evaluator::new(files, modules);
    let mut found = Vec::new();
    if let Some(file) = files.get(id.0 as usize) {
        let scope = Scope::of(modules.of_file(id), id);
        let mut walker = Walker {
            evaluator: &evaluator,
            added,
            file,
            scope,
            found: &mut found,
        };
        for item in file.items() {
            walker.attribute_item(BlockKind::Values, "var", item);
        }
    }
    found
}

struct Walker<'w, 'p> {
    evaluator: &'w Evaluator<'p>,
    added: &'w Added,
    file: &'p SourceFile,
    scope: Scope,
    found: &'w mut Vec<Exposure>,
}

impl<'p> Walker<'_, 'p> {
    fn top_level(&mut self, item: &'p Item) {
        let text: &'p str = &self.file.text;
        let Item::Block(block) = item else {
            self.attribute_item(BlockKind::Other, "", item);
            return;
        };
        let label = |n: usize| block.labels.get(n).map_or("", |span| span.of(text));
        match block.name.of(text) {
            "resource" | "data" | "ephemeral" => {
                let prefix = match block.name.of(text) {
                    "resource" => String::new(),
                    other => format!("{other}."),
                };
                let address = format!("{prefix}{}.{}", label(0), label(1));
                self.resource(block, label(0), address);
            }
            "provider" => {
                self.block(
                    BlockKind::Provider,
                    label(0),
                    format!("provider.{}", label(0)),
                    block,
                );
            }
            "terraform" => self.terraform(block),
            "module" => {
                self.block(
                    BlockKind::Module,
                    "module",
                    format!("module.{}", label(0)),
                    block,
                );
            }
            "variable" => {
                if let Some(default) = find(text, &block.body, "default") {
                    self.attribute(BlockKind::Variable, "var", label(0), &default.value);
                }
            }
            "output" => {
                if let Some(value) = find(text, &block.body, "value") {
                    self.attribute(BlockKind::Output, "output", label(0), &value.value);
                }
            }
            "locals" => {
                let kind = if self.file.kind == Kind::Terraform {
                    BlockKind::Local
                } else {
                    BlockKind::Other
                };
                for item in &block.body.items {
                    self.attribute_item(kind, "local", item);
                }
            }
            "remote_state" => {
                let backend = find(text, &block.body, "backend")
                    .and_then(|attribute| constant(text, attribute))
                    .unwrap_or_default();
                self.block(
                    BlockKind::Backend,
                    backend,
                    "remote_state".to_owned(),
                    block,
                );
            }
            other => self.block(BlockKind::Other, other, block_address(text, block), block),
        }
    }

    fn terraform(&mut self, block: &'p Block) {
        let text: &'p str = &self.file.text;
        for item in &block.body.items {
            let Item::Block(inner) = item else {
                self.attribute_item(BlockKind::Other, "terraform", item);
                continue;
            };
            let label = inner.labels.first().map_or("", |span| span.of(text));
            let kind = match inner.name.of(text) {
                "backend" => BlockKind::Backend,
                _ => BlockKind::Other,
            };
            self.block(
                kind,
                label,
                format!("terraform.{}", block_address(text, inner)),
                inner,
            );
        }
    }

    fn resource(&mut self, block: &'p Block, kind: &str, address: String) {
        let bindings = self.evaluator.each(&self.scope, block);
        let outer = std::mem::replace(&mut self.scope.bindings, bindings);
        let label = block
            .labels
            .get(1)
            .map_or("", |label| label.of(&self.file.text));
        let says_secret =
            declared::says_secret(kind, label, |name| self.text_of(&block.body, name));
        let target = Target {
            added: self.added,
            block: BlockKind::Resource,
            kind: kind.to_owned(),
            address,
            says_secret,
            left: Cell::new(MAX_VALUES),
        };
        self.body(&target, "", &block.body);
        self.scope.bindings = outer;
    }

    /// The text of an argument, as far as it is known.
    fn text_of(&self, body: &'p Body, name: &str) -> String {
        find(&self.file.text, body, name)
            .map(|attribute| self.evaluator.value(&self.scope, &attribute.value))
            .and_then(|value| value.texts().into_iter().next())
            .map(|text| text.text)
            .unwrap_or_default()
    }

    fn block(&mut self, block: BlockKind, kind: &str, address: String, inner: &'p Block) {
        let bindings = self.evaluator.each(&self.scope, inner);
        let outer = std::mem::replace(&mut self.scope.bindings, bindings);
        let target = Target {
            added: self.added,
            block,
            kind: kind.to_owned(),
            address,
            says_secret: false,
            left: Cell::new(MAX_VALUES),
        };
        let path =
            if block == BlockKind::Backend && inner.name.of(&self.file.text) == "remote_state" {
                // Terragrunt writes the backend's arguments below `config`.
                self.remote_state(&target, inner);
                self.scope.bindings = outer;
                return;
            } else {
                ""
            };
        self.body(&target, path, &inner.body);
        self.scope.bindings = outer;
    }

    fn remote_state(&mut self, target: &Target<'_>, block: &'p Block) {
        for item in &block.body.items {
            if let Item::Attribute(attribute) = item {
                let name = attribute.name.of(&self.file.text);
                let value = self.evaluator.value(&self.scope, &attribute.value);
                let path = if name == "config" { "" } else { name };
                let before = self.found.len();
                visit(target, path, name, &value, self.found);
                self.note_use(before, attribute.name);
            }
        }
    }

    fn body(&mut self, target: &Target<'_>, path: &str, body: &'p Body) {
        let text: &'p str = &self.file.text;
        let mut pair_fields = Vec::new();
        let mut places = Vec::new();
        for item in &body.items {
            match item {
                Item::Attribute(attribute) => {
                    let name = attribute.name.of(text);
                    let value = self.evaluator.value(&self.scope, &attribute.value);
                    places.push(attribute.name);
                    pair_fields.push(Field {
                        key: name.to_owned(),
                        value,
                    });
                }
                Item::Block(inner) => self.inner_block(target, path, inner),
            }
        }
        let pair = super::inside::pair(&pair_fields)
            .filter(|_| !path.is_empty() || target.block == BlockKind::Resource);
        for (n, field) in pair_fields.iter().enumerate() {
            let key = match &pair {
                Some((name, at)) if *at == n => name.as_str(),
                _ => field.key.as_str(),
            };
            let before = self.found.len();
            visit(
                target,
                &joined(path, &field.key),
                key,
                &field.value,
                self.found,
            );
            if let Some(at) = places.get(n) {
                self.note_use(before, *at);
            }
        }
    }

    /// Notes where the exposures that came last are used.
    fn note_use(&mut self, before: usize, at: Span) {
        let new = self.found.get_mut(before..).unwrap_or_default();
        super::note_use(new, self.scope.file, at);
    }

    fn inner_block(&mut self, target: &Target<'_>, path: &str, inner: &'p Block) {
        let text: &'p str = &self.file.text;
        let name = inner.name.of(text);
        if name == "connection" && target.block == BlockKind::Resource {
            let connection = Target {
                added: self.added,
                block: BlockKind::Connection,
                kind: "connection".to_owned(),
                address: format!("{}.connection", target.address),
                says_secret: false,
                left: Cell::new(MAX_VALUES),
            };
            self.body(&connection, "", &inner.body);
            return;
        }
        let label = inner.labels.first().map_or("", |span| span.of(text));
        if name != "dynamic" {
            self.body(target, &joined(path, name), &inner.body);
            return;
        }
        // `dynamic "name"`: its content is the block, once for each element.
        let bindings = self.evaluator.each(&self.scope, inner);
        let added = bindings.len();
        self.scope.bindings.extend(
            bindings
                .into_iter()
                .map(|(_, value)| (label.to_owned(), value)),
        );
        for item in &inner.body.items {
            if let Item::Block(content) = item {
                self.body(target, &joined(path, label), &content.body);
            }
        }
        let kept = self.scope.bindings.len() - added;
        self.scope.bindings.truncate(kept);
    }

    fn attribute_item(&mut self, block: BlockKind, prefix: &str, item: &'p Item) {
        match item {
            Item::Attribute(attribute) => {
                let name = attribute.name.of(&self.file.text);
                self.attribute(block, prefix, name, &attribute.value);
            }
            Item::Block(inner) => {
                self.block(block, prefix, block_address(&self.file.text, inner), inner)
            }
        }
    }

    fn attribute(
        &mut self,
        block: BlockKind,
        prefix: &str,
        name: &str,
        expr: &'p crate::source::hcl::ast::Expr,
    ) {
        let value: Value = self.evaluator.value(&self.scope, expr);
        let address = if prefix.is_empty() {
            name.to_owned()
        } else {
            format!("{prefix}.{name}")
        };
        let target = Target {
            added: self.added,
            block,
            kind: prefix.to_owned(),
            address,
            says_secret: false,
            left: Cell::new(MAX_VALUES),
        };
        visit(&target, "", name, &value, self.found);
    }
}

fn block_address(text: &str, block: &Block) -> String {
    let labels = block.labels.iter().map(|label| label.of(text));
    std::iter::once(block.name.of(text))
        .chain(labels)
        .collect::<Vec<_>>()
        .join(".")
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}
