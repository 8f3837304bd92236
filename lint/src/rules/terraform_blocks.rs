//! What the rules on Terraform blocks share: walking them and reporting a place in one.

use crate::resolve::references::{self, Reference};
use crate::run::Run;
use crate::source::hcl::ast::{Attribute, Block, Body, Item};
use crate::source::span::Span;
use crate::source::{FileId, Kind, SourceFile};

/// A top-level block of a configuration with its surroundings.
#[derive(Clone, Copy, Debug)]
pub(super) struct Site<'p> {
    /// Number of the file.
    pub(super) id: FileId,
    /// The file.
    pub(super) file: &'p SourceFile,
    /// The module.
    pub(super) module: usize,
    /// The block.
    pub(super) block: &'p Block,
}

impl<'p> Site<'p> {
    /// A label of the block; empty where there is none.
    pub(super) fn label(&self, n: usize) -> &'p str {
        self.block
            .labels
            .get(n)
            .map_or("", |label| label.of(&self.file.text))
    }

    /// What the block is called: `aws_db_instance.main`, `var.password`.
    pub(super) fn address(&self) -> String {
        let name = self.block.name.of(&self.file.text);
        match name {
            "resource" => format!("{}.{}", self.label(0), self.label(1)),
            "variable" => format!("var.{}", self.label(0)),
            _ => {
                let labels = self
                    .block
                    .labels
                    .iter()
                    .map(|label| label.of(&self.file.text));
                std::iter::once(name)
                    .chain(labels)
                    .collect::<Vec<_>>()
                    .join(".")
            }
        }
    }

    /// From the block's type to its last label.
    pub(super) fn header(&self) -> Span {
        let last = self
            .block
            .labels
            .last()
            .map_or(self.block.name, |label| *label);
        let quoted = last.end + u32::from(last != self.block.name);
        Span {
            start: self.block.name.start,
            end: quoted,
        }
    }

    /// What an expression of the block reads, locals replaced by what they read.
    pub(super) fn references(&self, run: &Run<'_>, attribute: &Attribute) -> Vec<Reference> {
        references::through_locals(
            run.files,
            &run.modules,
            self.module,
            self.id,
            &attribute.value,
        )
    }

    /// The first secret that an expression of the block reads: its name and what it is.
    pub(super) fn secret_read(
        &self,
        run: &Run<'_>,
        attribute: &Attribute,
    ) -> Option<(String, &'static str)> {
        self.references(run, attribute)
            .iter()
            .find_map(|reference| {
                references::secret_source(run.files, &run.modules, self.module, reference)
                    .map(|what| (reference.name(), what))
            })
    }

    /// Calls `act` with the path of every argument below the block.
    pub(super) fn arguments(&self, act: &mut impl FnMut(&str, &'p Attribute)) {
        walk(&self.file.text, "", &self.block.body, act);
    }
}

fn walk<'p>(text: &'p str, path: &str, body: &'p Body, act: &mut impl FnMut(&str, &'p Attribute)) {
    let joined = |name: &str| match path {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    };
    for item in &body.items {
        match item {
            Item::Attribute(attribute) => act(&joined(attribute.name.of(text)), attribute),
            Item::Block(inner) if inner.name.of(text) == "dynamic" => {
                let label = inner.labels.first().map_or("", |label| label.of(text));
                for item in &inner.body.items {
                    if let Item::Block(content) = item {
                        walk(text, &joined(label), &content.body, act);
                    }
                }
            }
            Item::Block(inner) => walk(text, &joined(inner.name.of(text)), &inner.body, act),
        }
    }
}

/// All top-level blocks of this type in Terraform configurations.
pub(super) fn blocks<'p>(run: &'p Run<'p>, name: &str) -> Vec<Site<'p>> {
    let mut sites = Vec::new();
    for (module, of) in run.modules.all.iter().enumerate() {
        for id in &of.files {
            let Some(file) = run.file(*id).filter(|file| file.kind == Kind::Terraform) else {
                continue;
            };
            for item in file.items() {
                if let Item::Block(block) = item
                    && block.name.of(&file.text) == name
                {
                    sites.push(Site {
                        id: *id,
                        file,
                        module,
                        block,
                    });
                }
            }
        }
    }
    sites
}
