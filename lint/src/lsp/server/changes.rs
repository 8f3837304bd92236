//! What the client tells has changed: open documents, files on disk, folders of the workspace.

use std::io::Write;
use std::path::{Path, PathBuf};

use coffer_lint::config::FILE_NAME;
use lsp_types::{
    DidChangeTextDocumentParams, DidChangeWatchedFilesParams, DidChangeWorkspaceFoldersParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, Uri,
};

use super::{Server, holding};
use crate::lsp::address;
use crate::lsp::document::{Document, ending};
use crate::lsp::folder::{Folder, on_disk, shown};

impl<W: Write> Server<W> {
    pub(super) fn opened(&mut self, params: DidOpenTextDocumentParams) {
        let document = params.text_document;
        let path = match address::path(&document.uri) {
            Some(path) => shown(&path),
            None => nameless(&document.uri, &document.language_id),
        };
        if holding(&mut self.folders, &path).is_none() {
            // A document outside of the workspace comes with its own folder and no more.
            let folder = path.parent().unwrap_or(Path::new("")).to_owned();
            self.add_folder(&folder, false);
        }
        if let Some(folder) = holding(&mut self.folders, &path) {
            folder.set(&path, document.text.clone());
        }
        let document = Document {
            uri: document.uri,
            version: document.version,
            text: document.text,
        };
        self.documents.insert(path, document);
    }

    pub(super) fn changed(&mut self, params: DidChangeTextDocumentParams) {
        let Some(path) = self.path(&params.text_document.uri) else {
            return;
        };
        if let Some(document) = self.documents.get_mut(&path) {
            let version = params.text_document.version;
            document.change(version, params.content_changes, self.encoding);
            if let Some(folder) = holding(&mut self.folders, &path) {
                folder.set(&path, document.text.clone());
            }
        }
    }

    pub(super) fn closed(&mut self, params: DidCloseTextDocumentParams) {
        if let Some(path) = self.path(&params.text_document.uri) {
            self.documents.remove(&path);
            self.reload(&path);
        }
    }

    pub(super) fn changed_on_disk(&mut self, params: DidChangeWatchedFilesParams) {
        for change in params.changes {
            let Some(path) = address::path(&change.uri) else {
                continue;
            };
            if path.file_name().is_some_and(|name| name == FILE_NAME) {
                self.folders.iter_mut().for_each(Folder::configure);
                self.complain();
            } else if !self.documents.contains_key(&shown(&path)) {
                self.reload(&shown(&path));
            }
        }
    }

    /// Takes in what is on disk.
    fn reload(&mut self, path: &Path) {
        if let Some(folder) = holding(&mut self.folders, path) {
            match on_disk(path) {
                Some(text) => folder.set(path, text),
                None => folder.remove(path),
            }
        }
    }

    pub(super) fn folders_changed(&mut self, params: DidChangeWorkspaceFoldersParams) {
        for gone in params.event.removed {
            if let Some(root) = address::path(&gone.uri) {
                self.folders.retain(|folder| folder.root != root);
            }
        }
        for new in params.event.added {
            if let Some(root) = address::path(&new.uri) {
                self.add_folder(&root, true);
            }
        }
    }
}

/// A path for a document that has none, in a folder that no file is in.
fn nameless(uri: &Uri, language: &str) -> PathBuf {
    let name: String = uri
        .as_str()
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '-' {
                c
            } else {
                '_'
            }
        })
        .collect();
    PathBuf::from(format!("/nameless/{name}/document.{}", ending(language)))
}
