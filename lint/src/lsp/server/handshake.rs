//! The start of a session: what the client can do, what the server offers, and what it asks to be told.

use std::io::Write;
use std::path::PathBuf;

use lsp_types::{
    CodeActionKind, CodeActionOptions, CodeActionProviderCapability, HoverProviderCapability,
    InitializeParams, InitializeResult, OneOf, ServerCapabilities, ServerInfo,
    TextDocumentSyncCapability, TextDocumentSyncKind, Uri, WorkspaceFoldersServerCapabilities,
    WorkspaceServerCapabilities,
};
use serde_json::json;

use super::Server;
use crate::lsp::actions::FIX_ALL;
use crate::lsp::position::Encoding;
use crate::lsp::{address, wire};

/// Files whose changes on disk the client is asked to tell.
const WATCHED: &str = "**/{coffer-lint.toml,*.tf,*.tofu,*.tfvars,*.hcl,*.json,*.yaml,*.yml,*.template,*.tfstate,*.env}";

impl<W: Write> Server<W> {
    pub(super) fn initialize(&mut self, params: InitializeParams) -> InitializeResult {
        let capabilities = &params.capabilities;
        let offered = capabilities.general.as_ref();
        let offered = offered.and_then(|general| general.position_encodings.as_deref());
        self.encoding = Encoding::negotiate(offered);
        let workspace = capabilities.workspace.as_ref();
        self.knows_versions = workspace
            .and_then(|workspace| workspace.workspace_edit.as_ref()?.document_changes)
            .unwrap_or_default();
        self.can_watch = workspace
            .and_then(|workspace| workspace.did_change_watched_files?.dynamic_registration)
            .unwrap_or_default();
        #[expect(deprecated, reason = "older clients name their one folder so")]
        let root = params.root_uri.clone();
        let roots: Vec<Uri> = match params.workspace_folders {
            Some(folders) => folders.into_iter().map(|folder| folder.uri).collect(),
            None => root.into_iter().collect(),
        };
        let roots: Vec<PathBuf> = roots.iter().filter_map(address::path).collect();
        // Findings and baselines name paths as they do on the command line in that folder.
        if let Some(first) = roots.first() {
            let _ = std::env::set_current_dir(first);
        }
        for root in roots {
            self.add_folder(&root, true);
        }
        InitializeResult {
            capabilities: self.capabilities(),
            server_info: Some(ServerInfo {
                name: "coffer-lint".to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
        }
    }

    fn capabilities(&self) -> ServerCapabilities {
        ServerCapabilities {
            position_encoding: Some(self.encoding.kind()),
            text_document_sync: Some(TextDocumentSyncCapability::Kind(
                TextDocumentSyncKind::INCREMENTAL,
            )),
            hover_provider: Some(HoverProviderCapability::Simple(true)),
            code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
                code_action_kinds: Some(vec![CodeActionKind::QUICKFIX, FIX_ALL]),
                ..CodeActionOptions::default()
            })),
            workspace: Some(WorkspaceServerCapabilities {
                workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                    supported: Some(true),
                    change_notifications: Some(OneOf::Left(true)),
                }),
                file_operations: None,
            }),
            ..ServerCapabilities::default()
        }
    }

    /// Asks the client to tell what changes on disk.
    pub(super) fn watch(&mut self) {
        if self.can_watch {
            let watchers = json!([{"globPattern": WATCHED}]);
            let registration = json!({
                "id": "files",
                "method": "workspace/didChangeWatchedFiles",
                "registerOptions": {"watchers": watchers},
            });
            let params = json!({"registrations": [registration]});
            let request = wire::request("watch", "client/registerCapability", params);
            // That the client is gone is noticed at the next answer.
            let _ = self.send(&request);
        }
    }
}
