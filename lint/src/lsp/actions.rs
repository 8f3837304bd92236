//! What can be done about a finding: its fix, and a suppression.

use std::collections::HashMap;
use std::path::Path;

use coffer_lint::fix::{self, Edit, Safety};
use coffer_lint::rules::finding::Finding;
use coffer_lint::source::span::Span;
use lsp_types::{
    CodeAction, CodeActionKind, DocumentChanges, OneOf, OptionalVersionedTextDocumentIdentifier,
    TextDocumentEdit, TextEdit, Uri, WorkspaceEdit,
};

use super::groups::Group;
use super::position::Encoding;
use super::{address, diagnostics};

/// Mends all that can be mended safely in a file.
pub(super) const FIX_ALL: CodeActionKind = CodeActionKind::new("source.fixAll.coffer-lint");

/// What an edit has to know of the editor.
pub(super) struct Editor<'e> {
    /// How positions count.
    pub(super) encoding: Encoding,
    /// The address and number of an open document.
    pub(super) open: &'e dyn Fn(&Path) -> Option<(Uri, i32)>,
    /// Whether edits may name the state of a document that they were made for.
    pub(super) knows_versions: bool,
}

/// The kinds of actions that are wanted; all where the client does not say.
fn is_wanted(kind: &CodeActionKind, only: Option<&[CodeActionKind]>) -> bool {
    only.is_none_or(|only| {
        only.iter().any(|wanted| {
            let rest = kind.as_str().strip_prefix(wanted.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    })
}

/// The actions for a place of a file.
pub(super) fn at(
    group: &Group,
    path: &Path,
    at: Span,
    only: Option<&[CodeActionKind]>,
    editor: &Editor<'_>,
) -> Vec<CodeAction> {
    let mut actions = Vec::new();
    let Some(id) = group.id(path) else {
        return actions;
    };
    let here = group.findings.iter().filter(|finding| {
        finding.file == id && finding.at.start <= at.end && at.start <= finding.at.end
    });
    if is_wanted(&CodeActionKind::QUICKFIX, only) {
        let here: Vec<&Finding> = here.collect();
        let fixes = here
            .iter()
            .filter_map(|finding| mend(group, finding, editor));
        actions.extend(fixes);
        let accepts = here
            .iter()
            .filter_map(|finding| accept(group, finding, editor));
        actions.extend(accepts);
    }
    if is_wanted(&FIX_ALL, only) {
        actions.extend(mend_all(group, path, editor));
    }
    actions
}

fn mend(group: &Group, finding: &Finding, editor: &Editor<'_>) -> Option<CodeAction> {
    let fix = finding.fix.as_ref()?;
    let is_safe = fix.safety == Safety::Safe;
    let mut title = capitalized(&fix.title);
    if !is_safe {
        title.push_str(" (look at it afterwards)");
    }
    Some(CodeAction {
        title,
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: diagnostics::of(group, finding, editor.encoding).map(|one| vec![one]),
        edit: Some(workspace_edit(group, &fix.edits, editor)?),
        is_preferred: Some(is_safe),
        ..CodeAction::default()
    })
}

fn accept(group: &Group, finding: &Finding, editor: &Editor<'_>) -> Option<CodeAction> {
    let edit = fix::suppress(group.file(finding.file)?, finding)?;
    Some(CodeAction {
        title: format!("Suppress `{}` here; write the reason", finding.rule.id),
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: diagnostics::of(group, finding, editor.encoding).map(|one| vec![one]),
        edit: Some(workspace_edit(group, &[edit], editor)?),
        ..CodeAction::default()
    })
}

/// The safe fixes of one file, of those that touch the same bytes the first.
fn mend_all(group: &Group, path: &Path, editor: &Editor<'_>) -> Option<CodeAction> {
    let id = group.id(path)?;
    let of_file = group.findings.iter().filter(|finding| finding.file == id);
    let fixes = of_file.filter_map(|finding| finding.fix.as_ref());
    let edits: Vec<Edit> = fix::fitting(fixes.filter(|fix| fix.safety == Safety::Safe)).0;
    if edits.is_empty() {
        return None;
    }
    Some(CodeAction {
        title: "Mend all that can be mended safely".to_owned(),
        kind: Some(FIX_ALL),
        edit: Some(workspace_edit(group, &edits, editor)?),
        ..CodeAction::default()
    })
}

/// Edits of several files at once; `None` where a file has no address.
fn workspace_edit(group: &Group, edits: &[Edit], editor: &Editor<'_>) -> Option<WorkspaceEdit> {
    let mut files: Vec<(Uri, Option<i32>, Vec<TextEdit>)> = Vec::new();
    for edit in edits {
        let file = group.file(edit.file)?;
        let (uri, version) = match (editor.open)(&file.path) {
            Some((uri, version)) => (uri, Some(version)),
            None => (address::of(&file.path)?, None),
        };
        let change = TextEdit {
            range: editor.encoding.range(file, edit.at),
            new_text: edit.text.clone(),
        };
        match files.iter_mut().find(|(known, ..)| *known == uri) {
            Some((.., changes)) => changes.push(change),
            None => files.push((uri, version, vec![change])),
        }
    }
    if !editor.knows_versions {
        #[expect(clippy::mutable_key_type, reason = "the map of the protocol's type")]
        let changes: HashMap<Uri, Vec<TextEdit>> = files
            .into_iter()
            .map(|(uri, _, edits)| (uri, edits))
            .collect();
        return Some(WorkspaceEdit {
            changes: Some(changes),
            ..WorkspaceEdit::default()
        });
    }
    let documents = files
        .into_iter()
        .map(|(uri, version, edits)| TextDocumentEdit {
            text_document: OptionalVersionedTextDocumentIdentifier { uri, version },
            edits: edits.into_iter().map(OneOf::Left).collect(),
        });
    Some(WorkspaceEdit {
        document_changes: Some(DocumentChanges::Edits(documents.collect())),
        ..WorkspaceEdit::default()
    })
}

fn capitalized(text: &str) -> String {
    let mut rest = text.chars();
    let first = rest.next().into_iter().flat_map(char::to_uppercase);
    first.chain(rest).collect()
}
