//! Where a reference leads: locals, variables, outputs of modules.

use std::rc::Rc;

use super::modules::{Module, find};
use super::terraform::{Evaluator, MAX_REFERENCES, MAX_STEPS, Scope};
use super::value::{Hop, HopKind, Value};
use crate::source::FileId;
use crate::source::hcl::ast::{Attribute, Step};
use crate::source::span::Span;

impl<'p> Evaluator<'p> {
    pub(super) fn reference(&self, scope: &Scope, root: Span, steps: &'p [Step]) -> Value {
        let file = self.text(scope.file);
        let name = root.of(file);
        if let Some((_, value)) = scope.bindings.iter().rev().find(|(bound, _)| bound == name) {
            return self.walk(scope, value.clone(), steps);
        }
        if scope.followed >= MAX_REFERENCES {
            return Value::Unknown;
        }
        let first = match steps.first() {
            Some(Step::Name(first)) => first.of(file),
            _ => return Value::Unknown,
        };
        let rest = steps.get(1..).unwrap_or_default();
        let Some(index) = scope.module else {
            return Value::Unknown;
        };
        let Some(module) = self.modules.all.get(index) else {
            return Value::Unknown;
        };
        match name {
            "local" => {
                let value = self.local(scope, index, module, first);
                self.walk(scope, value, rest)
            }
            "var" => {
                let value = self.variable(scope, index, module, first);
                self.walk(scope, value, rest)
            }
            "module" => {
                let output = rest.iter().position(|step| matches!(step, Step::Name(_)));
                let Some(Step::Name(output_name)) = output.and_then(|at| rest.get(at)) else {
                    return Value::Unknown;
                };
                let value = self.output(scope, index, module, first, output_name.of(file));
                let rest = output.and_then(|at| rest.get(at + 1..)).unwrap_or_default();
                self.walk(scope, value, rest)
            }
            "include" => {
                // `include.root.locals.a`; `include.locals.a` where the block has no name.
                let (included, path) = match module.included.get(first) {
                    Some(included) => (included, rest),
                    None => match module.included.get("") {
                        Some(included) => (included, steps),
                        None => return Value::Unknown,
                    },
                };
                match (path, self.modules.all.get(*included)) {
                    ([Step::Name(part), Step::Name(name), rest @ ..], Some(module))
                        if part.of(file) == "locals" =>
                    {
                        let value = self.local(scope, *included, module, name.of(file));
                        self.walk(scope, value, rest)
                    }
                    _ => Value::Unknown,
                }
            }
            _ => Value::Unknown,
        }
    }

    fn local(&self, scope: &Scope, index: usize, module: &Module<'p>, name: &'p str) -> Value {
        if let Some(known) = self.known.borrow().get(&(index, name, false)) {
            return known.clone();
        }
        let Some((file, attribute)) = module.locals.get(name) else {
            return Value::Unknown;
        };
        let hop = hop(
            *file,
            attribute.name,
            HopKind::Local,
            format!("local.{name}"),
        );
        let before = self.steps.get();
        let value = self
            .eval(&self.within(scope, index, *file), &attribute.value)
            .passed(&hop);
        if self.may_keep(before, scope) {
            self.known
                .borrow_mut()
                .insert((index, name, false), value.clone());
        }
        value
    }

    /// What a variable may be: its default, what definition files say, what callers pass.
    pub fn variable(
        &self,
        scope: &Scope,
        index: usize,
        module: &Module<'p>,
        name: &'p str,
    ) -> Value {
        if let Some(known) = self.known.borrow().get(&(index, name, true)) {
            return known.clone();
        }
        let before = self.steps.get();
        let mut values = Vec::new();
        let mut add = |file: FileId, of: usize, attribute: &'p Attribute, kind: HopKind| {
            let value = self.eval(&self.within(scope, of, file), &attribute.value);
            values.push(value.passed(&hop(file, attribute.name, kind, format!("var.{name}"))));
        };
        if let Some((file, block)) = module.variables.get(name)
            && let Some(default) = find(self.text(*file), &block.body, "default")
        {
            add(*file, index, default, HopKind::VariableDefault);
        }
        for (file, attribute) in module.assigned.get(name).into_iter().flatten() {
            add(*file, index, attribute, HopKind::Tfvars);
        }
        for (caller, (file, block)) in &module.callers {
            if let Some(argument) = find(self.text(*file), &block.body, name) {
                add(*file, *caller, argument, HopKind::ModuleInput);
            }
        }
        for (own, (file, item)) in module.inputs.get(name).into_iter().flatten() {
            let value = self.eval(&self.within(scope, *own, *file), &item.value);
            let name = format!("var.{name}");
            values.push(value.passed(&hop(*file, item.key.span, HopKind::ModuleInput, name)));
        }
        let value = Value::any(values);
        if self.may_keep(before, scope) {
            self.known
                .borrow_mut()
                .insert((index, name, true), value.clone());
        }
        value
    }

    fn output(
        &self,
        scope: &Scope,
        index: usize,
        module: &Module<'p>,
        call: &str,
        output: &str,
    ) -> Value {
        let Some(call) = module.calls.get(call) else {
            return Value::Unknown;
        };
        let Some(target) = self.modules.called(self.files, index, *call) else {
            return Value::Unknown;
        };
        let Some((file, block)) = self
            .modules
            .all
            .get(target)
            .and_then(|m| m.outputs.get(output))
        else {
            return Value::Unknown;
        };
        let Some(value) = find(self.text(*file), &block.body, "value") else {
            return Value::Unknown;
        };
        let hop = hop(
            *file,
            value.name,
            HopKind::ModuleOutput,
            format!("output.{output}"),
        );
        self.eval(&self.within(scope, target, *file), &value.value)
            .passed(&hop)
    }

    /// Whether a value can be kept for the next reader. One that was cut short is not, unless it had
    /// nearly all steps to itself: the next reader would come no further.
    fn may_keep(&self, before: u32, scope: &Scope) -> bool {
        let complete = self.steps.get() < MAX_STEPS;
        (complete || before < MAX_STEPS / 8) && scope.followed < MAX_REFERENCES / 2
    }

    fn within(&self, scope: &Scope, module: usize, file: FileId) -> Scope {
        Scope {
            module: Some(module),
            file,
            bindings: Vec::new(),
            followed: scope.followed + 1,
        }
    }
}

fn hop(file: FileId, at: Span, kind: HopKind, name: String) -> Rc<Hop> {
    Rc::new(Hop {
        file,
        at,
        kind,
        name,
    })
}
