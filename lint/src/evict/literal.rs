//! A literal in the code: how it leaves, by what reads it.

use std::collections::BTreeSet;

use super::declare::{appended, ephemeral_block, variable_block};
use super::garbage::{Holder, holders, line_removal};
use super::sink::{self, Sink};
use super::{Evicted, Naming, Step, Way, named};
use crate::exposure::{Exposure, Origin};
use crate::fix::Edit;
use crate::knowledge::terraform::backend_setting;
use crate::run::Run;
use crate::source::hcl::ast::{Expr, ExprKind, Part};
use crate::source::{Kind, SourceFile};

/// How to take a literal out.
///
/// # Errors
/// Why it has to stay, and what to do instead.
pub(super) fn plan(
    run: &Run<'_>,
    exposure: &Exposure,
    names: &BTreeSet<String>,
    naming: &Naming,
) -> Result<Step, String> {
    let file = run.file(exposure.file).ok_or("the file is gone")?;
    match file.kind {
        Kind::Terraform | Kind::Tfvars if !file.name().ends_with(".json") => {}
        Kind::CloudFormation => {
            return Err("in a template: put the value into Secrets Manager and read it with `{{resolve:secretsmanager:…}}`".to_owned());
        }
        _ => return Err("in a file of this kind nothing is rewritten".to_owned()),
    }
    if exposure.origin == Origin::Comment {
        return Err("in a comment: remove the line".to_owned());
    }
    let taken = |name: String, value: &str, way: Way| Evicted {
        name,
        value: value.to_owned(),
        place: String::new(),
        sink: exposure.sink.clone(),
        way,
    };
    let sink = sink::of(run, exposure);
    if let Some(sink) = &sink {
        if sink.block().0 == "terraform" {
            return backend(sink, exposure, names, naming, taken);
        }
        let (_, labels) = sink.block();
        let label = labels.last().copied().unwrap_or_default();
        let (name, label) = named(names, naming, &[label, sink.name().trim_end_matches("_wo")]);
        let is_whole =
            !exposure.hops.is_empty() || holds_all(file, &sink.attribute.value, exposure);
        let expression = format!("ephemeral.coffer_secret.{label}.value");
        if let Some(mut edits) = sink.reads(run, &expression).filter(|_| is_whole) {
            edits.push(appended(
                sink.file,
                sink.id,
                &ephemeral_block(&label, &name),
            ));
            return Ok(Step {
                edits,
                evicted: taken(name, &exposure.value, Way::Ephemeral),
                holders: holders(run, &exposure.hops),
            });
        }
    }
    from_outside(run, exposure, file, names, naming, taken)
}

/// Whether the expression is the secret and nothing else.
fn holds_all(file: &SourceFile, expr: &Expr, exposure: &Exposure) -> bool {
    exposure.at == expr.span
        || literal(expr).is_some_and(|span| span.of(&file.text).len() == exposure.at.len())
}

/// The span of a string without interpolation.
fn literal(expr: &Expr) -> Option<crate::source::span::Span> {
    match &expr.kind {
        ExprKind::Template(template) => match template.parts.as_slice() {
            [Part::Literal(span)] => Some(*span),
            _ => None,
        },
        _ => None,
    }
}

/// A backend reads no expression: the setting goes, and its environment variable takes over.
fn backend(
    sink: &Sink<'_>,
    exposure: &Exposure,
    names: &BTreeSet<String>,
    naming: &Naming,
    taken: impl Fn(String, &str, Way) -> Evicted,
) -> Result<Step, String> {
    let label = sink.blocks.get(1).and_then(|block| block.labels.first());
    let kind = label.map_or("", |label| label.of(&sink.file.text));
    let variable = backend_setting(kind, sink.name())
        .map(|setting| setting.variable)
        .filter(|variable| !variable.is_empty())
        .ok_or(
            "in a backend block: take it out and pass it with `terraform init -backend-config`",
        )?;
    let (name, _) = named(names, naming, &["backend", kind, sink.name()]);
    let value = literal(&sink.attribute.value)
        .map(|span| span.of(&sink.file.text))
        .filter(|text| !text.contains('\\'))
        .unwrap_or(&exposure.value);
    Ok(Step {
        edits: vec![line_removal(sink.file, sink.id, sink.attribute)],
        evicted: taken(name, value, Way::Environment(variable.to_owned())),
        holders: Vec::new(),
    })
}

/// A variable that is set from outside takes the place of the literal.
fn from_outside(
    run: &Run<'_>,
    exposure: &Exposure,
    file: &SourceFile,
    names: &BTreeSet<String>,
    naming: &Naming,
    taken: impl Fn(String, &str, Way) -> Evicted,
) -> Result<Step, String> {
    let index = run.modules.of_file(exposure.file);
    let module = index
        .and_then(|index| run.modules.all.get(index))
        .ok_or("it belongs to no module")?;
    if !module.callers.is_empty() {
        return Err("in a module that is called, and its argument would be stored: pass the value from the caller".to_owned());
    }
    let sink = sink::at(run, exposure.file, exposure.at.start).ok_or("it stands in no argument")?;
    let text = exposure.at.of(&file.text);
    if text.contains(['\\', '\n']) || text.contains("${") {
        return Err("it is written over several pieces: put them together first".to_owned());
    }
    let (word, labels) = sink.block();
    // The variable is there: only its value goes.
    let own_variable = match (file.kind, word, sink.name()) {
        (Kind::Tfvars, ..) => Some(sink.name()),
        (_, "variable", "default") => labels.first().copied(),
        _ => None,
    };
    if let Some(variable) = own_variable {
        if literal(&sink.attribute.value).is_none() {
            return Err("it stands within a collection: take the value out of it first".to_owned());
        }
        let (name, _) = named(names, naming, &[variable]);
        return Ok(Step {
            edits: vec![line_removal(file, exposure.file, sink.attribute)],
            evicted: taken(name, text, Way::Variable(variable.to_owned())),
            holders: Vec::new(),
        });
    }
    let label = labels.last().copied().unwrap_or(word);
    let key = exposure.sink.rsplit(['.', ' ']).next().unwrap_or_default();
    let (name, variable) = named(names, naming, &[label, key]);
    if module.variables.contains_key(variable.as_str()) {
        return Err(format!(
            "the variable `{variable}` is there already: take the value from it"
        ));
    }
    let edit = match whole(&sink.attribute.value, exposure) {
        Some(span) => Edit {
            file: exposure.file,
            at: span,
            text: format!("var.{variable}"),
        },
        None => Edit {
            file: exposure.file,
            at: exposure.at,
            text: format!("${{var.{variable}}}"),
        },
    };
    Ok(Step {
        edits: vec![
            edit,
            appended(file, exposure.file, &variable_block(&variable)),
        ],
        evicted: taken(name, text, Way::Variable(variable)),
        holders: Vec::<Holder>::new(),
    })
}

/// The string that is the secret and nothing else, with its quotes, at any depth of an expression.
fn whole(expr: &Expr, exposure: &Exposure) -> Option<crate::source::span::Span> {
    let mut found = None;
    crate::resolve::references::each(expr, &mut |inner| {
        if literal(inner).is_some_and(|span| span == exposure.at) {
            found = Some(inner.span);
        }
    });
    found
}
