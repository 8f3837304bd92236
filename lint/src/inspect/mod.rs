//! `coffer-lint inspect FILE:LINE`: what the linter knows of the values on a line.

mod template;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::config::globs::Globs;
use crate::exposure::Exposure;
use crate::knowledge::terraform::{self as facts, Argument};
use crate::resolve::modules::numbered;
use crate::resolve::terraform::{Evaluator, Scope};
use crate::resolve::value::{HOLE, Hop, Text};
use crate::rules::credential::class;
use crate::rules::finding::redact;
use crate::run::{Run, RunError, slashed};
use crate::source::discover::Walk;
use crate::source::hcl::ast::{Attribute, Body, Item};
use crate::source::span::Span;
use crate::source::{FileId, Kind, SourceFile, Tree};

/// Values that are told of one argument.
const MAX_TOLD: usize = 12;

/// What is known of the line, as text.
///
/// # Errors
/// A file that does not exist.
pub fn inspect(path: &Path, line: usize) -> Result<String, RunError> {
    let folder = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let folder = folder.map_or_else(|| PathBuf::from("."), Path::to_owned);
    let files = crate::run::read(
        &[folder, path.to_owned()],
        &Globs::default(),
        &Walk::default(),
    )?
    .0;
    let added = crate::knowledge::Added::default();
    let run = Run::new(&files, &added);
    let wanted = slashed(path);
    let mut told = String::new();
    for (id, file) in numbered(&files) {
        if slashed(&file.path) == wanted {
            told.push_str(&at(&run, id, file.lines.span(&file.text, line)));
        }
    }
    if told.is_empty() {
        told.push_str(
            "nothing is known of this line: no argument, and no literal that looks like a secret\n",
        );
    }
    Ok(told)
}

/// What is known of the values that a span of a file touches, as text; empty where that is nothing.
pub fn at(run: &Run<'_>, id: FileId, at: Span) -> String {
    let mut told = String::new();
    if let Some(file) = run.file(id) {
        Inspector { run, id, file, at }.tell(&mut told);
    }
    told
}

struct Inspector<'r, 'p> {
    run: &'r Run<'p>,
    id: FileId,
    file: &'p SourceFile,
    at: Span,
}

impl Inspector<'_, '_> {
    fn tell(&self, told: &mut String) {
        for item in self.file.items() {
            match item {
                Item::Attribute(attribute) => self.argument("", attribute.name, attribute, told),
                Item::Block(block) => {
                    let text = &self.file.text;
                    let labels: Vec<&str> =
                        block.labels.iter().map(|label| label.of(text)).collect();
                    let address = match block.name.of(text) {
                        "resource" => labels.join("."),
                        name => [&[name], labels.as_slice()].concat().join("."),
                    };
                    let kind = labels.first().copied().unwrap_or_default();
                    self.body(&address, kind, "", &block.body, told);
                }
            }
        }
        if let (Tree::Data(roots), Kind::CloudFormation) = (&self.file.tree, self.file.kind) {
            roots.iter().for_each(|root| self.template(root, told));
        }
        for exposure in &self.run.exposures {
            if exposure.file == self.id && self.overlaps(exposure.at) {
                self.exposure(exposure, told);
            }
        }
    }

    fn overlaps(&self, span: Span) -> bool {
        span.start <= self.at.end && span.end >= self.at.start
    }

    fn body(&self, address: &str, kind: &str, path: &str, body: &Body, told: &mut String) {
        for item in &body.items {
            match item {
                Item::Attribute(attribute) => {
                    let span = attribute.name.join(attribute.value.span);
                    if !self.overlaps(span) {
                        continue;
                    }
                    let name = attribute.name.of(&self.file.text);
                    let path = if path.is_empty() {
                        name.to_owned()
                    } else {
                        format!("{path}.{name}")
                    };
                    self.argument(&format!("{address}.{path}"), span, attribute, told);
                    if let Some(known) = facts::argument(kind, &path) {
                        let verdict = match known.verdict {
                            Argument::Secret => "a secret, by the schema",
                            Argument::Maybe => "perhaps a secret, by the schema: the value decides",
                            Argument::NotSecret => "no secret, by the schema",
                        };
                        line(told, &format!("  sensitivity: {verdict}"));
                        if !known.twin.is_empty() {
                            line(told, &format!("  write-only:  {}", known.twin));
                        }
                    }
                }
                Item::Block(block) => {
                    let name = block.name.of(&self.file.text);
                    let path = if path.is_empty() {
                        name.to_owned()
                    } else {
                        format!("{path}.{name}")
                    };
                    self.body(address, kind, &path, &block.body, told);
                }
            }
        }
    }

    fn argument(&self, sink: &str, span: Span, attribute: &Attribute, told: &mut String) {
        if !self.overlaps(span.join(attribute.value.span)) {
            return;
        }
        let name = attribute.name.of(&self.file.text);
        line(
            told,
            &format!("argument {}", if sink.is_empty() { name } else { sink }),
        );
        let evaluator = Evaluator::new(self.run.files, &self.run.modules);
        let scope = Scope::of(self.run.modules.of_file(self.id), self.id);
        let value = evaluator.value(&scope, &attribute.value);
        self.values(&value, told);
    }

    fn text(&self, text: &Text, told: &mut String) {
        let known = text.text.replace(HOLE, "").len();
        let shape = match (text.has_hole(), known) {
            (true, 0) => "not known".to_owned(),
            (true, _) => format!("{known} bytes known, the rest not"),
            (false, _) => format!("{known} bytes, all known"),
        };
        line(told, &format!("  value:       {shape}"));
        if let Some((file, span)) = text.place(0..text.text.len()) {
            line(told, &format!("  stands at:   {}", self.place(file, span)));
        }
        self.hops(text.hops.iter().map(|hop| &**hop), told);
    }

    fn exposure(&self, exposure: &Exposure, told: &mut String) {
        line(told, &format!("secret {}", redact(&exposure.value, 0)));
        line(
            told,
            &format!("  stands at:   {}", self.place(exposure.file, exposure.at)),
        );
        line(told, &format!("  sink:        {}", exposure.sink));
        line(told, &format!("  reason:      {}", reason(exposure)));
        line(told, &format!("  origin:      {:?}", exposure.origin));
        line(
            told,
            &format!("  rule class:  {:?}", class(self.run, exposure)),
        );
        line(told, &format!("  confidence:  {:?}", exposure.confidence));
        self.hops(exposure.hops.iter(), told);
    }

    fn hops<'h>(&self, hops: impl Iterator<Item = &'h Hop>, told: &mut String) {
        for hop in hops {
            let place = self.place(hop.file, hop.at);
            line(
                told,
                &format!(
                    "  through:     {} `{}` at {place}",
                    hop.kind.name(),
                    hop.name
                ),
            );
        }
    }

    fn place(&self, file: FileId, span: Span) -> String {
        let Some(of) = self.run.file(file) else {
            return String::new();
        };
        let position = of.lines.position(&of.text, span.start);
        format!(
            "{}:{}:{}",
            slashed(&of.path),
            position.line,
            position.column
        )
    }
}

fn reason(exposure: &Exposure) -> String {
    use crate::exposure::Reason;
    match exposure.reason {
        Reason::Token(format) => format!("token format `{}` of {}", format.id, format.service),
        other => format!("{other:?}"),
    }
}

fn line(told: &mut String, text: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(told, "{text}");
}
