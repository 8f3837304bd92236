//! Where a secret is used, and whether a value that is never stored may stand there.

use crate::exposure::Exposure;
use crate::fix::Edit;
use crate::fix::body::{aligned, attribute_at};
use crate::knowledge::terraform::argument;
use crate::resolve::modules::find;
use crate::rules::write_only_twin::twin;
use crate::run::Run;
use crate::source::hcl::ast::{Attribute, Block, Item};
use crate::source::{FileId, SourceFile};

/// An argument and the blocks around it, the outermost first.
pub(super) struct Sink<'p> {
    pub(super) id: FileId,
    pub(super) file: &'p SourceFile,
    pub(super) blocks: Vec<&'p Block>,
    pub(super) attribute: &'p Attribute,
}

/// The argument that a secret ends up in; `None` where it cannot be told for certain.
pub(super) fn of<'p>(run: &Run<'p>, exposure: &Exposure) -> Option<Sink<'p>> {
    if exposure.hops.is_empty() {
        return at(run, exposure.file, exposure.at.start);
    }
    let mut found = None;
    for module in &run.modules.all {
        for id in &module.files {
            let file = run.file(*id)?;
            for item in file.items() {
                let Item::Block(block) = item else { continue };
                let labels: Vec<&str> = block.labels.iter().map(|it| it.of(&file.text)).collect();
                let address = match block.name.of(&file.text) {
                    "resource" => labels.join("."),
                    name => [&[name], labels.as_slice()].concat().join("."),
                };
                let rest = exposure.sink.strip_prefix(&address);
                let name = rest.and_then(|rest| rest.strip_prefix('.'));
                let attribute = name.and_then(|name| find(&file.text, &block.body, name));
                if let Some(attribute) = attribute {
                    // Two modules with the same address: which of them is meant is not known.
                    if found.is_some() {
                        return None;
                    }
                    found = Some(Sink {
                        id: *id,
                        file,
                        blocks: vec![block],
                        attribute,
                    });
                }
            }
        }
    }
    found
}

/// The argument at a byte of a file.
pub(super) fn at<'p>(run: &Run<'p>, id: FileId, byte: u32) -> Option<Sink<'p>> {
    let file = run.file(id)?;
    let (blocks, attribute) = attribute_at(file, byte)?;
    Some(Sink {
        id,
        file,
        blocks,
        attribute,
    })
}

impl Sink<'_> {
    /// The name of the argument.
    pub(super) fn name(&self) -> &str {
        self.attribute.name.of(&self.file.text)
    }

    /// The word that the block begins with, and its labels.
    pub(super) fn block(&self) -> (&str, Vec<&str>) {
        let Some(block) = self.blocks.first() else {
            return ("", Vec::new());
        };
        let labels = block.labels.iter().map(|it| it.of(&self.file.text));
        (block.name.of(&self.file.text), labels.collect())
    }

    /// The edits that let the argument read an expression that is never stored. `None` where it would be stored.
    pub(super) fn reads(&self, run: &Run<'_>, expression: &str) -> Option<Vec<Edit>> {
        let edit = |(at, text)| Edit {
            file: self.id,
            at,
            text,
        };
        let value = edit((self.attribute.value.span, expression.to_owned()));
        let (word, labels) = self.block();
        let is_within = |name: &str| {
            let mut blocks = self.blocks.iter();
            blocks.any(|block| block.name.of(&self.file.text) == name)
        };
        match word {
            "provider" | "ephemeral" => return Some(vec![value]),
            "resource" if is_within("connection") || is_within("provisioner") => {
                return Some(vec![value]);
            }
            "resource" if self.blocks.len() == 1 => {}
            _ => return None,
        }
        let (kind, name) = (*labels.first()?, self.name());
        if name.ends_with("_wo") || argument(kind, name).is_some_and(|facts| facts.write_only) {
            return Some(vec![value]);
        }
        let twin = twin(run, self.id, kind, name)?.name;
        let resource = self.blocks.first()?;
        let version = format!("{twin}_version");
        let added = find(&self.file.text, &resource.body, &version)
            .is_none()
            .then_some((version.as_str(), "1"));
        let renamed = aligned(
            self.file,
            &resource.body.items,
            self.attribute,
            &twin,
            added,
        );
        Some(renamed.into_iter().map(edit).chain([value]).collect())
    }
}
