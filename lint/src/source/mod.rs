//! From bytes to syntax trees with exact spans. A broken file is read as far as it can be.

pub mod archive;
pub mod decode;
pub mod discover;
pub mod git;
pub mod hcl;
pub mod json;
pub mod linked;
pub mod node;
pub mod span;
pub mod tf_json;
pub mod yaml;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hcl::ast::{Body, Part};
use node::Node;
use span::{Lines, Span};

/// Number of a file in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// What a file is, by its name and its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A configuration of Terraform or OpenTofu.
    Terraform,
    /// Variable values.
    Tfvars,
    /// Any other HCL file: Terragrunt, Packer, a backend configuration.
    Hcl,
    /// A CloudFormation or SAM template.
    CloudFormation,
    /// A state, or a plan as JSON.
    State,
    /// Any other text.
    Text,
}

/// The tree of a file.
#[derive(Debug)]
pub enum Tree {
    /// A body of arguments and blocks.
    Hcl(Body),
    /// The documents of a YAML or JSON file.
    Data(Vec<Node>),
    /// A template that a configuration fills in with `templatefile`.
    Template(Vec<Part>),
    /// No tree.
    None,
}

/// Why a file was not read in full.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Where, in bytes.
    pub at: Span,
    /// What.
    pub message: String,
}

/// One file of a run.
#[derive(Debug)]
pub struct SourceFile {
    /// As it is shown: relative to the working directory where it lies below it.
    pub path: PathBuf,
    /// What it is.
    pub kind: Kind,
    /// The text; bytes that are not UTF-8 are replaced one by one, so that offsets stay.
    pub text: String,
    /// Where lines start.
    pub lines: Lines,
    /// The syntax tree.
    pub tree: Tree,
    /// Comments in file order.
    pub comments: Vec<Span>,
    /// What could not be parsed; the rest was.
    pub troubles: Vec<Trouble>,
    /// The folder of the module that gets its values, where the command line says so.
    pub given_to: Option<PathBuf>,
    /// The oldest commit that has it, where it comes from the history of a repository.
    pub commit: Option<Arc<git::Commit>>,
}

impl SourceFile {
    /// Parses a file. Never fails; [`SourceFile::troubles`] says what was lost.
    pub fn parse(path: &Path, bytes: Vec<u8>) -> Self {
        Self::parse_as(path, bytes, discover::kind_by_name(path))
    }

    /// Parses a file of values for the variables of the module in a folder, whatever it is called.
    pub fn parse_values(path: &Path, bytes: Vec<u8>, folder: &Path) -> Self {
        Self {
            given_to: Some(folder.to_owned()),
            ..Self::parse_as(path, bytes, Kind::Tfvars)
        }
    }

    fn parse_as(path: &Path, bytes: Vec<u8>, kind: Kind) -> Self {
        let text = decode_utf8(bytes);
        let mut file = Self {
            path: path.to_owned(),
            kind,
            lines: Lines::of(&text),
            tree: Tree::None,
            comments: Vec::new(),
            troubles: Vec::new(),
            given_to: None,
            commit: None,
            text,
        };
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.ends_with(".json") {
            file.parse_json();
        } else if file.kind == Kind::State {
            file.parse_state();
        } else if file.kind == Kind::CloudFormation {
            file.parse_data();
        } else if file.kind != Kind::Text {
            file.parse_hcl();
        }
        file
    }

    /// Parses a file that a configuration reads: a script or a template.
    pub fn parse_linked(path: &Path, bytes: Vec<u8>) -> Self {
        let mut file = Self::parse(path, bytes);
        if file.kind == Kind::Text
            && file.text.contains("${")
            && let Some(parts) = hcl::parse_template(&file.text)
        {
            file.tree = Tree::Template(parts);
        }
        file
    }

    /// The name of the file without its folders.
    pub fn name(&self) -> &str {
        self.path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default()
    }

    /// The body of an HCL file; an empty one for other files.
    pub fn items(&self) -> &[hcl::ast::Item] {
        match &self.tree {
            Tree::Hcl(body) => &body.items,
            _ => &[],
        }
    }

    fn parse_hcl(&mut self) {
        let tree = hcl::parse(&self.text);
        self.comments = tree.comments;
        self.troubles = tree
            .errors
            .into_iter()
            .map(|error| Trouble {
                at: error.at,
                message: error.message.to_owned(),
            })
            .collect();
        self.tree = Tree::Hcl(tree.body);
    }

    fn parse_json(&mut self) {
        if self.kind == Kind::CloudFormation {
            if discover::looks_like_plan(&self.text) {
                self.parse_state();
                return;
            }
            if !discover::looks_like_template(&self.text) {
                self.kind = Kind::Text;
                return;
            }
        }
        let document = json::parse(&self.text);
        self.comments = document.comments;
        if let Some((at, message)) = document.error {
            self.trouble(at, message.to_owned());
        }
        self.tree = match self.kind {
            Kind::Terraform => Tree::Hcl(tf_json::configuration(&self.text, &document.root)),
            Kind::Tfvars => Tree::Hcl(tf_json::variables(&self.text, &document.root)),
            _ => Tree::Data(vec![document.root]),
        };
    }

    fn parse_state(&mut self) {
        self.kind = Kind::State;
        let document = json::parse(&self.text);
        if let Some((at, message)) = document.error {
            self.trouble(at, message.to_owned());
        }
        self.tree = Tree::Data(vec![document.root]);
    }

    fn parse_data(&mut self) {
        if !discover::looks_like_template(&self.text) {
            self.kind = Kind::Text;
            return;
        }
        if self.text.trim_start().starts_with('{') {
            self.parse_json();
            if self.troubles.is_empty() {
                return;
            }
            self.troubles.clear();
            self.comments.clear();
        }
        let documents = yaml::parse(&self.text);
        self.comments = documents.comments;
        if let Some((at, message)) = documents.error {
            self.trouble(at, message);
        }
        self.tree = Tree::Data(documents.roots);
    }

    fn trouble(&mut self, at: usize, message: String) {
        self.troubles.push(Trouble {
            at: Span::new(at, at + 1),
            message,
        });
    }
}

/// UTF-8 as it is; otherwise each foreign byte becomes `?`.
fn decode_utf8(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| {
        let mut text = String::new();
        for chunk in error.as_bytes().utf8_chunks() {
            text.push_str(chunk.valid());
            text.extend(chunk.invalid().iter().map(|_| '?'));
        }
        text
    })
}
