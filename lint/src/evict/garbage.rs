//! Locals and variables that only carried a secret: once nothing refers to them they go.

use std::path::PathBuf;

use crate::fix::Edit;
use crate::fix::body::attribute_at;
use crate::resolve::modules::{Module, find};
use crate::resolve::references::each;
use crate::resolve::value::Hop;
use crate::run::Run;
use crate::source::hcl::ast::{Attribute, Body, ExprKind, Item, Step};
use crate::source::span::Span;
use crate::source::{FileId, Kind, SourceFile};

/// What a holder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Local,
    Variable,
}

/// A local or variable of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Holder {
    pub(super) folder: PathBuf,
    sort: Sort,
    name: String,
}

/// The locals and variables that a value came through, each once.
pub(super) fn holders(run: &Run<'_>, hops: &[Hop]) -> Vec<Holder> {
    let mut found: Vec<Holder> = Vec::new();
    let mut add = |module: Option<&Module<'_>>, sort, name: &str| {
        if let Some(module) = module {
            let holder = Holder {
                folder: module.folder.clone(),
                sort,
                name: name.to_owned(),
            };
            if !found.contains(&holder) {
                found.push(holder);
            }
        }
    };
    for hop in hops {
        let Some(file) = run.file(hop.file) else {
            continue;
        };
        let index = run.modules.of_file(hop.file);
        let own = index.and_then(|index| run.modules.all.get(index));
        let Some((blocks, attribute)) = attribute_at(file, hop.at.start) else {
            continue;
        };
        let name = attribute.name.of(&file.text);
        let block = blocks.first();
        let label = block.and_then(|block| block.labels.first());
        let label = label.map_or("", |label| label.of(&file.text));
        match block.map(|block| block.name.of(&file.text)) {
            None if file.kind == Kind::Tfvars => add(own, Sort::Variable, name),
            Some("locals") => add(own, Sort::Local, name),
            Some("variable") => add(own, Sort::Variable, label),
            Some("module") => {
                let call = own.and_then(|own| own.calls.get(label));
                let called = index
                    .zip(call)
                    .and_then(|(index, call)| run.modules.called(run.files, index, *call));
                let called = called.and_then(|called| run.modules.all.get(called));
                add(called, Sort::Variable, name);
            }
            _ => {}
        }
    }
    found
}

impl Holder {
    /// As it is referred to.
    pub(super) fn name(&self) -> String {
        match self.sort {
            Sort::Local => format!("local.{}", self.name),
            Sort::Variable => format!("var.{}", self.name),
        }
    }

    fn module<'r, 'p>(&self, run: &'r Run<'p>) -> Option<&'r Module<'p>> {
        let mut modules = run.modules.all.iter();
        modules.find(|module| module.folder == self.folder && !module.files.is_empty())
    }

    /// Whether nothing in its module refers to it.
    pub(super) fn is_free(&self, run: &Run<'_>) -> bool {
        let root = match self.sort {
            Sort::Local => "local",
            Sort::Variable => "var",
        };
        let Some(module) = self.module(run) else {
            return false;
        };
        let mut files = module.files.iter().filter_map(|id| run.file(*id));
        !files.any(|file| refers(file, file.items(), root, &self.name))
    }

    /// The edits that remove it, with everything that gives it a value.
    pub(super) fn removal(&self, run: &Run<'_>) -> Vec<Edit> {
        let Some(module) = self.module(run) else {
            return Vec::new();
        };
        let name = self.name.as_str();
        let mut edits = Vec::new();
        if self.sort == Sort::Local {
            if let Some((id, attribute)) = module.locals.get(name)
                && let Some(file) = run.file(*id)
            {
                edits.push(local_removal(file, *id, attribute));
            }
            return edits;
        }
        if let Some((id, block)) = module.variables.get(name)
            && let Some(file) = run.file(*id)
        {
            edits.push(removal(file, *id, block.span));
        }
        for (id, attribute) in module.assigned.get(name).into_iter().flatten() {
            if let Some(file) = run.file(*id) {
                edits.push(line_removal(file, *id, attribute));
            }
        }
        for (_, (id, call)) in &module.callers {
            if let Some(file) = run.file(*id)
                && let Some(attribute) = find(&file.text, &call.body, name)
            {
                edits.push(line_removal(file, *id, attribute));
            }
        }
        edits
    }
}

/// The removal of a local, with its block where it is the last one.
fn local_removal(file: &SourceFile, id: FileId, attribute: &Attribute) -> Edit {
    match attribute_at(file, attribute.name.start) {
        Some((blocks, _)) => match blocks.as_slice() {
            [block] if block.body.items.len() == 1 => removal(file, id, block.span),
            _ => line_removal(file, id, attribute),
        },
        None => line_removal(file, id, attribute),
    }
}

/// The edit that removes an argument with its line.
pub(super) fn line_removal(file: &SourceFile, id: FileId, attribute: &Attribute) -> Edit {
    removal(file, id, attribute.name.join(attribute.value.span))
}

/// The edit that removes whole lines, with one of the blank lines around them.
pub(super) fn removal(file: &SourceFile, id: FileId, span: Span) -> Edit {
    let first = file.lines.line(span.start);
    let last = file.lines.line(span.end.saturating_sub(1).max(span.start));
    let text = |line| file.lines.span(&file.text, line).of(&file.text);
    let is_blank = |line: usize| line <= file.lines.count() && text(line).trim().is_empty();
    let from = match first > 1 && is_blank(first - 1) && is_blank(last + 1) {
        true => first - 1,
        false => first,
    };
    // At the top of a file the blank line after it goes.
    let last = match first == 1 && is_blank(last + 1) {
        true => last + 1,
        false => last,
    };
    let start = file.lines.span(&file.text, from).start;
    let end = match last < file.lines.count() {
        true => file.lines.span(&file.text, last + 1).start,
        false => u32::try_from(file.text.len()).unwrap_or(u32::MAX),
    };
    Edit {
        file: id,
        at: Span { start, end },
        text: String::new(),
    }
}

fn refers(file: &SourceFile, items: &[Item], root: &str, name: &str) -> bool {
    let text = &file.text;
    items.iter().any(|item| match item {
        Item::Attribute(attribute) => {
            let mut found = false;
            each(&attribute.value, &mut |expr| {
                if let ExprKind::Reference(base, steps) = &expr.kind
                    && base.of(text) == root
                {
                    // A step that is no name may lead anywhere.
                    found |= match steps.first() {
                        Some(Step::Name(step)) => step.of(text) == name,
                        _ => true,
                    };
                }
            });
            found
        }
        Item::Block(block) => {
            let Body { items, .. } = &block.body;
            refers(file, items, root, name)
        }
    })
}
