//! Which template calls which: nested stacks and SAM applications with local templates, and exports.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::resolve::modules::{normal, numbered};
use crate::source::node::Node;
use crate::source::span::Span;
use crate::source::{FileId, Kind, SourceFile, Tree};

/// A document of a file.
type Document<'p> = (FileId, &'p SourceFile, &'p Node);
/// A document and the name of one of its outputs.
type Export<'p> = (FileId, &'p SourceFile, &'p Node, &'p str);

/// A resource that creates a stack from a template of the run.
#[derive(Debug)]
pub struct Call<'p> {
    /// Number of the calling file.
    pub id: FileId,
    /// The calling file.
    pub file: &'p SourceFile,
    /// The calling document.
    pub root: &'p Node,
    /// The logical name of the resource.
    pub name: Span,
    parameters: Option<&'p Node>,
}

impl<'p> Call<'p> {
    /// The key and the value of a parameter that the call passes.
    pub fn parameter(&self, name: &str) -> Option<(&'p Node, &'p Node)> {
        let entries = self.parameters.map_or(&[][..], Node::entries);
        entries
            .iter()
            .find(|entry| entry.key.text(&self.file.text) == Some(name))
            .map(|entry| (&entry.key, &entry.value))
    }
}

/// How the templates of a run belong together.
#[derive(Debug, Default)]
pub struct Stacks<'p> {
    callers: HashMap<FileId, Vec<Call<'p>>>,
    called: HashMap<(FileId, &'p str), Document<'p>>,
    exports: HashMap<&'p str, Export<'p>>,
}

impl<'p> Stacks<'p> {
    /// Gathers the calls and exports of all templates.
    pub fn of(files: &'p [SourceFile]) -> Self {
        let documents: Vec<Document<'p>> = numbered(files)
            .filter(|(_, file)| file.kind == Kind::CloudFormation)
            .flat_map(|(id, file)| {
                let roots = match &file.tree {
                    Tree::Data(roots) => roots.as_slice(),
                    _ => &[],
                };
                roots.iter().map(move |root| (id, file, root))
            })
            .collect();
        // Of several documents in one file the first one is the template that others name.
        let mut by_path: HashMap<PathBuf, Document<'p>> = HashMap::new();
        for document in &documents {
            by_path.entry(normal(&document.1.path)).or_insert(*document);
        }
        let mut stacks = Self::default();
        for (id, file, root) in documents {
            stacks.add_calls(id, file, root, &by_path);
            stacks.add_exports(id, file, root);
        }
        stacks
    }

    fn add_calls(
        &mut self,
        id: FileId,
        file: &'p SourceFile,
        root: &'p Node,
        by_path: &HashMap<PathBuf, Document<'p>>,
    ) {
        let text: &'p str = &file.text;
        for entry in root.get(text, "Resources").map_or(&[][..], Node::entries) {
            let kind = entry
                .value
                .get(text, "Type")
                .and_then(|node| node.text(text));
            let location = match kind {
                Some("AWS::CloudFormation::Stack") => "TemplateURL",
                Some("AWS::Serverless::Application") => "Location",
                _ => continue,
            };
            let Some(properties) = entry.value.get(text, "Properties") else {
                continue;
            };
            let path = properties
                .get(text, location)
                .and_then(|node| node.text(text));
            let Some(path) = path.filter(|path| !path.contains("://")) else {
                continue;
            };
            let folder = file.path.parent().unwrap_or(Path::new(""));
            let Some(target) = by_path.get(&normal(&folder.join(path))) else {
                continue;
            };
            if let Some(name) = entry.key.text(text) {
                self.called.insert((id, name), *target);
            }
            self.callers.entry(target.0).or_default().push(Call {
                id,
                file,
                root,
                name: entry.key.inner_span(),
                parameters: properties.get(text, "Parameters"),
            });
        }
    }

    fn add_exports(&mut self, id: FileId, file: &'p SourceFile, root: &'p Node) {
        let text: &'p str = &file.text;
        for entry in root.get(text, "Outputs").map_or(&[][..], Node::entries) {
            let export = entry
                .value
                .get(text, "Export")
                .and_then(|export| export.get(text, "Name")?.text(text));
            if let (Some(export), Some(output)) = (export, entry.key.text(text)) {
                self.exports.insert(export, (id, file, root, output));
            }
        }
    }

    /// Resources that create stacks from the template of a file.
    pub fn callers(&self, id: FileId) -> &[Call<'p>] {
        self.callers.get(&id).map_or(&[], Vec::as_slice)
    }

    /// The template that a resource of a file creates a stack from.
    pub fn called(&self, id: FileId, resource: &str) -> Option<Document<'p>> {
        self.called.get(&(id, resource)).copied()
    }

    /// The output that exports this name.
    pub fn export(&self, name: &str) -> Option<Export<'p>> {
        self.exports.get(name).copied()
    }
}
