//! The state of the server, and what each message does to it.

mod changes;
mod handshake;

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use lsp_types::{CodeActionParams, HoverParams, PublishDiagnosticsParams, Uri};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::actions::{self, Editor};
use super::document::Document;
use super::folder::{Folder, shown};
use super::groups::Group;
use super::position::Encoding;
use super::{address, diagnostics, hover, wire};

/// The language server.
pub(super) struct Server<W> {
    out: W,
    encoding: Encoding,
    knows_versions: bool,
    can_watch: bool,
    folders: Vec<Folder>,
    /// Open documents by path.
    documents: HashMap<PathBuf, Document>,
    /// Diagnostics that the client shows, by address.
    told: HashMap<String, Value>,
}

impl<W: Write> Server<W> {
    /// A server before its first message.
    pub(super) fn new(out: W) -> Self {
        Self {
            out,
            encoding: Encoding::Utf16,
            knows_versions: false,
            can_watch: false,
            folders: Vec::new(),
            documents: HashMap::new(),
            told: HashMap::new(),
        }
    }

    /// Sends a message.
    ///
    /// # Errors
    /// When the client is gone.
    pub(super) fn send(&mut self, message: &Value) -> io::Result<()> {
        wire::write(&mut self.out, message)
    }

    /// Answers a request.
    pub(super) fn asked(&mut self, id: &Value, method: &str, params: Value) -> Value {
        let answer = match method {
            "initialize" => self.with(params, Self::initialize),
            "textDocument/codeAction" => self.with(params, Self::code_actions),
            "textDocument/hover" => self.with(params, Self::hover),
            "shutdown" => Ok(Value::Null),
            _ => {
                let message = format!("`{method}` is not known");
                return wire::failure(id, wire::METHOD_NOT_FOUND, &message);
            }
        };
        match answer {
            Ok(result) => wire::success(id, result),
            Err(error) => wire::failure(id, wire::INVALID_PARAMS, &error.to_string()),
        }
    }

    fn with<P: DeserializeOwned, R: serde::Serialize>(
        &mut self,
        params: Value,
        answer: impl FnOnce(&mut Self, P) -> R,
    ) -> serde_json::Result<Value> {
        let params = serde_json::from_value(params)?;
        serde_json::to_value(answer(self, params))
    }

    /// Takes a notification in. One that is not known, or of another form, is left alone.
    pub(super) fn notified(&mut self, method: &str, params: Value) {
        let _ = match method {
            "initialized" => {
                self.watch();
                Ok(Value::Null)
            }
            "textDocument/didOpen" => self.with(params, Self::opened),
            "textDocument/didChange" => self.with(params, Self::changed),
            "textDocument/didClose" => self.with(params, Self::closed),
            "workspace/didChangeWatchedFiles" => self.with(params, Self::changed_on_disk),
            "workspace/didChangeWorkspaceFolders" => self.with(params, Self::folders_changed),
            _ => Ok(Value::Null),
        };
    }

    fn add_folder(&mut self, root: &Path, is_deep: bool) {
        if self.folders.iter().any(|folder| folder.root == root) {
            return;
        }
        self.folders.push(Folder::read(root, is_deep));
        let open: Vec<PathBuf> = self.documents.keys().cloned().collect();
        for path in open {
            if let (Some(folder), Some(document)) =
                (holding(&mut self.folders, &path), self.documents.get(&path))
            {
                folder.set(&path, document.text.clone());
            }
        }
        self.complain();
    }

    /// Tells once what is wrong with a configuration.
    fn complain(&mut self) {
        let complaints: Vec<String> = self
            .folders
            .iter_mut()
            .filter_map(|folder| folder.complaint.take())
            .collect();
        for complaint in complaints {
            let message =
                format!("coffer-lint: {complaint}. Until that is mended all defaults hold");
            let params = json!({"type": 2, "message": message});
            // That the client is gone is noticed at the next answer.
            let _ = self.send(&wire::notification("window/showMessage", params));
        }
    }

    /// The path under which a document is known.
    fn path(&self, uri: &Uri) -> Option<PathBuf> {
        let by_name = address::path(uri).map(|path| shown(&path));
        let open = || {
            let mut documents = self.documents.iter();
            documents.find(|(_, document)| document.uri == *uri)
        };
        by_name.or_else(|| open().map(|(path, _)| path.clone()))
    }

    fn code_actions(&mut self, params: CodeActionParams) -> Value {
        self.check();
        let found = self.path(&params.text_document.uri).and_then(|path| {
            let group = held(&self.folders, &path)?.group(&path)?;
            let file = group.file(group.id(&path)?)?;
            let at = self.encoding.span(&file.text, &file.lines, params.range);
            let open = |path: &Path| {
                let document = self.documents.get(path)?;
                Some((document.uri.clone(), document.version))
            };
            let editor = Editor {
                encoding: self.encoding,
                open: &open,
                knows_versions: self.knows_versions,
            };
            let only = params.context.only.as_deref();
            Some(actions::at(group, &path, at, only, &editor))
        });
        json!(found.unwrap_or_default())
    }

    fn hover(&mut self, params: HoverParams) -> Value {
        self.check();
        let place = params.text_document_position_params;
        let found = self.path(&place.text_document.uri).and_then(|path| {
            let folder = held(&self.folders, &path)?;
            let group = folder.group(&path)?;
            let file = group.file(group.id(&path)?)?;
            let byte = self.encoding.byte(&file.text, &file.lines, place.position);
            hover::at(group, &folder.policy, &path, byte)
        });
        json!(found)
    }

    /// Checks the groups that an open document belongs to.
    fn check(&mut self) {
        let documents = &self.documents;
        let is_open = |group: &Group| {
            let mut files = group.files.iter();
            files.any(|file| documents.contains_key(&file.path))
        };
        for folder in &mut self.folders {
            folder.check(is_open);
        }
    }

    /// Checks what changed and tells what is new.
    ///
    /// # Errors
    /// When the client is gone.
    pub(super) fn settle(&mut self) -> io::Result<()> {
        self.check();
        let mut now: HashMap<String, PublishDiagnosticsParams> = HashMap::new();
        for group in self.folders.iter().flat_map(|folder| &folder.groups) {
            for finding in &group.findings {
                let Some(file) = group.file(finding.file) else {
                    continue;
                };
                let document = self.documents.get(&file.path);
                let uri = match document {
                    Some(document) => Some(document.uri.clone()),
                    None => address::of(&file.path),
                };
                let found = diagnostics::of(group, finding, self.encoding);
                if let (Some(uri), Some(found)) = (uri, found) {
                    let version = document.map(|document| document.version);
                    now.entry(uri.as_str().to_owned())
                        .or_insert_with(|| PublishDiagnosticsParams::new(uri, Vec::new(), version))
                        .diagnostics
                        .push(found);
                }
            }
        }
        let gone: Vec<String> = self.told.keys().cloned().collect();
        for uri in gone.iter().filter(|uri| !now.contains_key(*uri)) {
            self.told.remove(uri);
            let params = json!({"uri": uri, "diagnostics": []});
            self.send(&wire::notification(
                "textDocument/publishDiagnostics",
                params,
            ))?;
        }
        for (uri, params) in now {
            let told = json!(params.diagnostics);
            if self.told.get(&uri) != Some(&told) {
                let params = json!(params);
                self.send(&wire::notification(
                    "textDocument/publishDiagnostics",
                    params,
                ))?;
                self.told.insert(uri, told);
            }
        }
        Ok(())
    }
}

/// The innermost folder that holds a path.
fn holding<'f>(folders: &'f mut [Folder], path: &Path) -> Option<&'f mut Folder> {
    let path = std::path::absolute(path).ok()?;
    folders
        .iter_mut()
        .filter(|folder| path.starts_with(&folder.root))
        .max_by_key(|folder| folder.root.as_os_str().len())
}

fn held<'f>(folders: &'f [Folder], path: &Path) -> Option<&'f Folder> {
    let path = std::path::absolute(path).ok()?;
    folders
        .iter()
        .filter(|folder| path.starts_with(&folder.root))
        .max_by_key(|folder| folder.root.as_os_str().len())
}
