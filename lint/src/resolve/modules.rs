//! Terraform modules: the files of a folder, what they declare, and who calls whom.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use crate::source::hcl::ast::{Attribute, Block, Body, ExprKind, Item, ObjectItem, Part};
use crate::source::{FileId, Kind, SourceFile};

/// A declaration and the file that holds it.
pub type At<T> = (FileId, T);

/// The files of a folder and what they declare.
#[derive(Debug, Default)]
pub struct Module<'p> {
    /// Its folder.
    pub folder: PathBuf,
    /// Its files.
    pub files: Vec<FileId>,
    /// `variable` blocks by name.
    pub variables: HashMap<&'p str, At<&'p Block>>,
    /// Local values by name.
    pub locals: HashMap<&'p str, At<&'p Attribute>>,
    /// `output` blocks by name.
    pub outputs: HashMap<&'p str, At<&'p Block>>,
    /// `module` blocks by name.
    pub calls: HashMap<&'p str, At<&'p Block>>,
    /// Values from variable definitions files, by variable.
    pub assigned: HashMap<&'p str, Vec<At<&'p Attribute>>>,
    /// Terragrunt inputs, by variable: the file's own module and the value.
    pub inputs: HashMap<&'p str, Vec<(usize, At<&'p ObjectItem>)>>,
    /// Files that a Terragrunt file includes, by the name of the block: their modules.
    pub included: HashMap<&'p str, usize>,
    /// Blocks that call this module: the calling module and the block.
    pub callers: Vec<(usize, At<&'p Block>)>,
}

/// All modules of a run.
#[derive(Debug, Default)]
pub struct Modules<'p> {
    /// The modules.
    pub all: Vec<Module<'p>>,
    by_folder: HashMap<PathBuf, usize>,
    of_file: HashMap<FileId, usize>,
    by_path: HashMap<PathBuf, FileId>,
}

impl<'p> Modules<'p> {
    /// Gathers the declarations of all files.
    pub fn of(files: &'p [SourceFile]) -> Self {
        let mut modules = Self::default();
        for (id, file) in numbered(files) {
            if file.kind == Kind::Terraform {
                let index = modules.module(folder_of(&file.path));
                modules.add(index, id, file);
            }
        }
        for (id, file) in numbered(files) {
            match file.kind {
                Kind::Tfvars => modules.assign(id, file),
                Kind::Hcl => {
                    // Each of these files is a world of its own.
                    let index = modules.all.len();
                    modules.all.push(Module {
                        folder: folder_of(&file.path),
                        ..Module::default()
                    });
                    modules.add(index, id, file);
                }
                _ => {}
            }
        }
        modules.link(files);
        modules.by_path = numbered(files)
            .filter(|(_, file)| file.kind == Kind::Text)
            .map(|(id, file)| (normal(&file.path), id))
            .collect();
        modules
    }

    /// The script or template of the run at a path.
    pub fn at_path(&self, path: &Path) -> Option<FileId> {
        self.by_path.get(&normal(path)).copied()
    }

    /// The module of a file.
    pub fn of_file(&self, file: FileId) -> Option<usize> {
        self.of_file.get(&file).copied()
    }

    /// The local module that a call names with its `source`.
    pub fn called(&self, files: &[SourceFile], from: usize, call: At<&Block>) -> Option<usize> {
        let text = files
            .get(call.0.0 as usize)
            .map(|file| file.text.as_str())?;
        let source = constant(text, find(text, &call.1.body, "source")?)?;
        if !source.starts_with('.') {
            return None;
        }
        let folder = &self.all.get(from)?.folder;
        self.by_folder.get(&normal(&folder.join(source))).copied()
    }

    /// The module of a folder.
    pub(super) fn in_folder(&self, folder: &Path) -> Option<usize> {
        self.by_folder.get(&normal(folder)).copied()
    }

    fn module(&mut self, folder: PathBuf) -> usize {
        *self.by_folder.entry(folder.clone()).or_insert_with(|| {
            self.all.push(Module {
                folder,
                ..Module::default()
            });
            self.all.len() - 1
        })
    }

    fn add(&mut self, index: usize, id: FileId, file: &'p SourceFile) {
        self.of_file.insert(id, index);
        let Some(module) = self.all.get_mut(index) else {
            return;
        };
        module.files.push(id);
        for item in file.items() {
            let Item::Block(block) = item else { continue };
            let label = block
                .labels
                .first()
                .map_or("", |label| label.of(&file.text));
            match block.name.of(&file.text) {
                "variable" => {
                    module.variables.entry(label).or_insert((id, block));
                }
                "output" => {
                    module.outputs.insert(label, (id, block));
                }
                "module" => {
                    module.calls.insert(label, (id, block));
                }
                "locals" => {
                    for item in &block.body.items {
                        if let Item::Attribute(local) = item {
                            module.locals.insert(local.name.of(&file.text), (id, local));
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// Gives the values of a definitions file to the nearest module above that declares them.
    fn assign(&mut self, id: FileId, file: &'p SourceFile) {
        let names: Vec<(&'p str, &'p Attribute)> = file
            .items()
            .iter()
            .filter_map(|item| match item {
                Item::Attribute(attribute) => Some((attribute.name.of(&file.text), attribute)),
                Item::Block(_) => None,
            })
            .collect();
        let given = file.given_to.as_deref().map(normal);
        let mut folder = Some(given.unwrap_or_else(|| folder_of(&file.path)));
        for _ in 0..4 {
            let Some(at) = folder else { return };
            if let Some(index) = self.by_folder.get(&at).copied()
                && let Some(module) = self.all.get_mut(index)
            {
                let module_names = &module.variables;
                if names
                    .iter()
                    .any(|(name, _)| module_names.contains_key(name))
                {
                    self.of_file.insert(id, index);
                    for (name, attribute) in names {
                        module
                            .assigned
                            .entry(name)
                            .or_default()
                            .push((id, attribute));
                    }
                    return;
                }
            }
            folder = at.parent().map(Path::to_owned);
        }
    }

    fn link(&mut self, files: &'p [SourceFile]) {
        let mut links = Vec::new();
        for (index, module) in self.all.iter().enumerate() {
            for call in module.calls.values() {
                if let Some(target) = self.called(files, index, *call) {
                    links.push((target, index, *call));
                }
            }
        }
        self.link_terragrunt(files);
        links.sort_by_key(|(target, index, call)| (*target, *index, call.0, call.1.span));
        for (target, index, call) in links {
            if let Some(module) = self.all.get_mut(target) {
                module.callers.push((index, call));
            }
        }
    }
}

/// Files with their numbers.
pub fn numbered(files: &[SourceFile]) -> impl Iterator<Item = (FileId, &SourceFile)> {
    files
        .iter()
        .enumerate()
        .map(|(n, file)| (FileId(u32::try_from(n).unwrap_or(u32::MAX)), file))
}

/// The argument of a body with this name.
pub fn find<'p>(text: &str, body: &'p Body, name: &str) -> Option<&'p Attribute> {
    body.items.iter().find_map(|item| match item {
        Item::Attribute(attribute) if attribute.name.of(text) == name => Some(attribute),
        _ => None,
    })
}

/// The text of an argument that is a string without interpolation.
pub fn constant<'p>(text: &'p str, attribute: &Attribute) -> Option<&'p str> {
    match &attribute.value.kind {
        ExprKind::Template(template) => match template.parts.as_slice() {
            [Part::Literal(span)] => Some(span.of(text)),
            _ => None,
        },
        _ => None,
    }
}

fn folder_of(path: &Path) -> PathBuf {
    normal(path.parent().unwrap_or(Path::new("")))
}

/// A path without `.` and `..` where they can be resolved by name.
pub fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if normal.file_name().is_some() => {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    normal
}
