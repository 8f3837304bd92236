//! Which variables, resources and data sources an expression reads.

use std::collections::HashSet;

use super::modules::{Modules, find};
use crate::knowledge::names::{self, NameKind};
use crate::knowledge::terraform::{self as facts, Argument};
use crate::source::FileId;
use crate::source::SourceFile;
use crate::source::hcl::ast::{Block, Expr, ExprKind, Part, Step};
use crate::source::span::Span;

/// A reference as it stands in an expression: its parts by name, indices left out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reference {
    /// `["var", "password"]`, `["data", "vault_kv_secret_v2", "db", "data"]`
    pub parts: Vec<String>,
    /// Whether an index that is not a constant, or a splat, picks from the value.
    pub picks: bool,
    /// The file.
    pub file: FileId,
    /// The place.
    pub at: Span,
}

impl Reference {
    /// A part by its position; empty where there is none.
    pub fn part(&self, n: usize) -> &str {
        self.parts.get(n).map_or("", String::as_str)
    }

    /// The reference as it is written, without indices.
    pub fn name(&self) -> String {
        self.parts.join(".")
    }
}

/// Calls `act` for the expression and every expression within.
pub fn each<'e>(expr: &'e Expr, act: &mut dyn FnMut(&'e Expr)) {
    act(expr);
    match &expr.kind {
        ExprKind::Template(template) => {
            for part in &template.parts {
                match part {
                    Part::Literal(_) => {}
                    Part::Interpolation(inner) => each(inner, act),
                    Part::Directive(inner) => inner.iter().for_each(|inner| each(inner, act)),
                }
            }
        }
        ExprKind::Reference(_, steps) => indices(steps, act),
        ExprKind::Access(base, steps) => {
            each(base, act);
            indices(steps, act);
        }
        ExprKind::Call(_, inner) | ExprKind::Tuple(inner) => {
            inner.iter().for_each(|inner| each(inner, act));
        }
        ExprKind::Object(items) => {
            for item in items {
                each(&item.key, act);
                each(&item.value, act);
            }
        }
        ExprKind::For(inner) => {
            each(&inner.over, act);
            inner.key.iter().for_each(|key| each(key, act));
            each(&inner.value, act);
        }
        ExprKind::Conditional(three) => three.iter().for_each(|inner| each(inner, act)),
        ExprKind::Binary(operands) => operands.iter().for_each(|inner| each(inner, act)),
        ExprKind::Unary(inner) | ExprKind::Paren(inner) => each(inner, act),
        ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number | ExprKind::Broken => {}
    }
}

fn indices<'e>(steps: &'e [Step], act: &mut dyn FnMut(&'e Expr)) {
    for step in steps {
        if let Step::Index(index) = step {
            each(index, act);
        }
    }
}

/// Functions whose result tells nothing of what goes in.
fn hides(name: &str) -> bool {
    matches!(
        name,
        "length"
            | "sha1"
            | "sha256"
            | "sha512"
            | "md5"
            | "bcrypt"
            | "filesha256"
            | "filemd5"
            | "file"
            | "filebase64"
            | "base64sha256"
            | "base64sha512"
            | "can"
            | "keys"
            | "issensitive"
            | "uuidv5"
    )
}

/// The references of an expression that hand on a value; not those inside of hashes and conditions.
pub fn of(text: &str, file: FileId, expr: &Expr) -> Vec<Reference> {
    let mut found = Vec::new();
    collect(text, file, expr, &mut found);
    found
}

fn collect(text: &str, file: FileId, expr: &Expr, found: &mut Vec<Reference>) {
    match &expr.kind {
        ExprKind::Call(name, _) if hides(name.of(text)) => {}
        ExprKind::Binary(_) | ExprKind::Unary(_) => {}
        ExprKind::Conditional(three) => {
            let [_, then, otherwise] = &**three;
            collect(text, file, then, found);
            collect(text, file, otherwise, found);
        }
        ExprKind::Reference(root, steps) => {
            let mut parts = vec![root.of(text).to_owned()];
            parts.extend(steps.iter().filter_map(|step| match step {
                Step::Name(name) => {
                    let name = name.of(text);
                    (!name.bytes().all(|byte| byte.is_ascii_digit())).then(|| name.to_owned())
                }
                Step::Index(index) => match &index.kind {
                    ExprKind::Template(key) => match key.parts.as_slice() {
                        [Part::Literal(span)] => Some(span.of(text).to_owned()),
                        _ => None,
                    },
                    _ => None,
                },
                Step::Splat => None,
            }));
            let picks = steps.iter().any(|step| match step {
                Step::Name(_) => false,
                Step::Splat => true,
                Step::Index(index) => !matches!(index.kind, ExprKind::Template(_)),
            });
            found.push(Reference {
                parts,
                picks,
                file,
                at: expr.span,
            });
        }
        ExprKind::Object(items) => {
            items
                .iter()
                .for_each(|item| collect(text, file, &item.value, found));
        }
        ExprKind::Template(template) => {
            for part in &template.parts {
                if let Part::Interpolation(inner) = part {
                    collect(text, file, inner, found);
                }
            }
        }
        ExprKind::Access(base, _) => collect(text, file, base, found),
        ExprKind::Call(_, inner) | ExprKind::Tuple(inner) => {
            inner
                .iter()
                .for_each(|inner| collect(text, file, inner, found));
        }
        ExprKind::For(inner) => {
            collect(text, file, &inner.over, found);
            collect(text, file, &inner.value, found);
        }
        ExprKind::Paren(inner) => collect(text, file, inner, found),
        ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number | ExprKind::Broken => {}
    }
}

/// References of an expression with its locals replaced by what they read.
pub fn through_locals(
    files: &[SourceFile],
    modules: &Modules<'_>,
    module: usize,
    file: FileId,
    expr: &Expr,
) -> Vec<Reference> {
    let mut open = of(text_of(files, file), file, expr);
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    while let Some(reference) = open.pop() {
        let local = (reference.part(0) == "local")
            .then(|| modules.all.get(module)?.locals.get(reference.part(1)))
            .flatten();
        match local {
            Some((file, attribute)) => {
                if seen.insert(reference.part(1).to_owned()) {
                    open.extend(of(text_of(files, *file), *file, &attribute.value));
                }
            }
            None => found.push(reference),
        }
    }
    found.sort_by_key(|reference| (reference.file, reference.at));
    found
}

/// Whether a reference reads a secret, and of what kind: for people.
pub fn secret_source(
    files: &[SourceFile],
    modules: &Modules<'_>,
    module: usize,
    reference: &Reference,
) -> Option<&'static str> {
    let reads = |attributes: &[&str], at: usize| {
        let path = reference.parts.get(at..).unwrap_or_default();
        let first = path.first()?;
        attributes
            .iter()
            .any(|known| known.split('.').next() == Some(first))
            .then_some(())
    };
    let last = reference.parts.last().map_or("", String::as_str);
    if names::is_setting(last) || last.contains("certificate") || last.contains("public") {
        return None;
    }
    match reference.part(0) {
        "data" => {
            reads(
                &facts::storing_data_source(reference.part(1))?.attributes,
                3,
            )?;
            Some("a data source that reads a secret")
        }
        "var" => {
            let (file, block) = modules.all.get(module)?.variables.get(reference.part(1))?;
            let text = text_of(files, *file);
            let is_secret = is_true(text, block, "sensitive")
                || names::kind(reference.part(1)) == Some(NameKind::Password);
            is_secret.then_some("a secret variable")
        }
        "ephemeral" | "local" | "module" | "each" | "path" | "self" | "terraform" => None,
        kind => {
            if let Some(generator) = facts::generator(kind)
                && reads(&generator.attributes, 2).is_some()
            {
                // Not marked as sensitive, and mostly a part of names.
                let is_name = matches!(kind, "random_string" | "random_id" | "random_uuid");
                return (!is_name).then_some("a generated secret");
            }
            let path = reference.parts.get(2..).unwrap_or_default().join(".");
            let known = facts::argument(kind, &path)?;
            (known.verdict == Argument::Secret && !known.write_only)
                .then_some("a secret attribute of a resource")
        }
    }
}

/// Whether an argument of a block is the constant `true`.
pub fn is_true(text: &str, block: &Block, name: &str) -> bool {
    find(text, &block.body, name)
        .is_some_and(|attribute| matches!(attribute.value.kind, ExprKind::Bool(true)))
}

fn text_of(files: &[SourceFile], file: FileId) -> &str {
    files
        .get(file.0 as usize)
        .map_or("", |file| file.text.as_str())
}
