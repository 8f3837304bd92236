//! A password that Terraform generates and keeps in its state: the vault generates it instead.

use std::collections::BTreeSet;

use super::garbage::removal;
use super::{Evicted, Naming, Step, Way, named, sink};
use crate::fix::Edit;
use crate::fix::body::block_at;
use crate::resolve::references::each;
use crate::rules::finding::Finding;
use crate::run::Run;
use crate::source::SourceFile;
use crate::source::hcl::ast::{Expr, ExprKind, Item, Step as Path};
use crate::source::span::Span;

/// How to have the vault generate it.
///
/// # Errors
/// Why it has to stay, and what to do instead.
pub(super) fn plan(
    run: &Run<'_>,
    finding: &Finding,
    names: &BTreeSet<String>,
    naming: &Naming,
) -> Result<Step, String> {
    let file = run.file(finding.file).ok_or("the file is gone")?;
    let block = block_at(file, finding.at.start).ok_or("its block is not found")?;
    let text = &file.text;
    let labels: Vec<&str> = block.labels.iter().map(|label| label.of(text)).collect();
    let ["random_password", label] = labels.as_slice() else {
        return Err("only `random_password` is rewritten; see the help of the finding".to_owned());
    };
    let length = match block.body.items.as_slice() {
        [Item::Attribute(only)] if only.name.of(text) == "length" => only.value.span.of(text),
        _ => {
            return Err(
                "it has more arguments than `length`: write its `coffer_secret` by hand".to_owned(),
            );
        }
    };
    let module = run
        .modules
        .of_file(finding.file)
        .and_then(|index| run.modules.all.get(index))
        .ok_or("it belongs to no module")?;
    let (name, new) = named(names, naming, &[label]);
    let expression = format!("ephemeral.coffer_secret.{new}.value");
    let mut edits = vec![Edit {
        file: finding.file,
        at: block.span,
        text: format!(
            "resource \"coffer_secret\" \"{new}\" {{\n  name = \"{name}\"\n\n  generate {{\n    length = {length}\n  }}\n}}\n\nephemeral \"coffer_secret\" \"{new}\" {{\n  name = coffer_secret.{new}.name\n}}"
        ),
    }];
    for id in &module.files {
        let Some(consumer) = run.file(*id) else {
            continue;
        };
        for at in references(consumer, label) {
            let used = sink::at(run, *id, at.start).ok_or("it is used in no argument")?;
            if used.block().0 == "output" && module.callers.is_empty() {
                // An output of the root is stored; whoever needs the value reads it from the vault.
                let output = used.blocks.first().map_or(at, |output| output.span);
                edits.push(removal(consumer, *id, output));
                continue;
            }
            let reads = used
                .reads(run, &expression)
                .filter(|_| used.attribute.value.span == at);
            let reads = reads
                .ok_or_else(|| format!("`{}` would store it: mend that first", used.name()))?;
            edits.extend(reads);
        }
    }
    Ok(Step {
        edits,
        evicted: Evicted {
            name,
            value: String::new(),
            place: String::new(),
            sink: finding.sink.clone(),
            way: Way::Generated,
        },
        holders: Vec::new(),
    })
}

/// The references to `random_password.<label>` in a file.
fn references(file: &SourceFile, label: &str) -> Vec<Span> {
    fn within<'p>(items: &'p [Item], look: &mut dyn FnMut(&'p Expr)) {
        for item in items {
            match item {
                Item::Attribute(attribute) => each(&attribute.value, &mut *look),
                Item::Block(block) => within(&block.body.items, look),
            }
        }
    }
    let text = &file.text;
    let mut found = Vec::new();
    within(file.items(), &mut |expr| {
        if let ExprKind::Reference(root, steps) = &expr.kind
            && root.of(text) == "random_password"
            && matches!(steps.first(), Some(Path::Name(name)) if name.of(text) == label)
        {
            found.push(expr.span);
        }
    });
    found
}
