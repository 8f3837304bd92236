//! Terraform's rules for schemas, and coffer's: what is sensitive is stored nowhere.

use crate::host::{Block, Nesting, ProviderSchema};

use super::Report;

pub(super) fn check(schema: &ProviderSchema, report: &mut Report) {
    block("provider", &schema.provider.block, false, report);
    let kinds = [
        ("resource", &schema.resources, true),
        ("data", &schema.data_sources, false),
        ("ephemeral", &schema.ephemerals, false),
        ("list", &schema.lists, false),
        ("action", &schema.actions, false),
    ];
    for (kind, schemas, write_only) in kinds {
        for (name, schema) in schemas {
            block(&format!("{kind} {name}"), &schema.block, write_only, report);
        }
    }
    for name in schema.lists.keys() {
        let known = schema.resources.contains_key(name);
        report.check(&format!("list {name} is of a resource"), known);
    }
    for (name, function) in &schema.functions {
        let described = !function.summary.is_empty() && function.r#return.is_some();
        report.check(&format!("function {name} says what it does"), described);
    }
}

fn block(at: &str, block_of: &Block, write_only: bool, report: &mut Report) {
    for (name, attribute) in &block_of.attributes {
        let place = format!("{at}.{name}");
        let flags = &attribute.flags;
        let given = usize::from(flags.required) + usize::from(flags.optional || flags.computed);
        report.check(
            &format!("{place} is either required or optional or computed"),
            given == 1,
        );
        report.check(
            &format!("{place} is write-only where it may be"),
            !flags.write_only || (write_only && !flags.computed),
        );
        report.check(
            &format!("{place} is described"),
            !flags.description.is_empty(),
        );
        report.check(
            &format!("{place} says what to use instead"),
            flags.deprecated != flags.deprecation_message.is_empty(),
        );
    }
    for (name, nested) in &block_of.blocks {
        let write_only = write_only && nested.nesting != Nesting::Set;
        block(&format!("{at}.{name}"), &nested.block, write_only, report);
    }
}
