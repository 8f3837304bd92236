//! The page of a resource, an ephemeral resource or a data source.

use coffer_plugin::schema::{Block, Replace, Schema};

use super::{example, example_section, front_matter, schema};

/// What an object is.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    /// The word for it.
    word: &'static str,
    /// The folder of its pages and examples.
    pub(super) folder: &'static str,
    /// Whether Terraform stores it, so that a change may replace it.
    is_stored: bool,
}

pub(super) const RESOURCE: Kind = Kind {
    word: "Resource",
    folder: "resources",
    is_stored: true,
};
pub(super) const EPHEMERAL: Kind = Kind {
    word: "Ephemeral Resource",
    folder: "ephemeral-resources",
    is_stored: false,
};
pub(super) const DATA_SOURCE: Kind = Kind {
    word: "Data Source",
    folder: "data-sources",
    is_stored: false,
};

/// The name without the provider's, as the registry names pages.
pub(super) fn short(name: &str) -> &str {
    name.strip_prefix("coffer_").unwrap_or(name)
}

/// Arguments that resources share with other objects replace nothing there.
fn forget_replacement(block: &mut Block) {
    for attribute in &mut block.attributes {
        attribute.replace = Replace::Never;
    }
    for nested in &mut block.blocks {
        forget_replacement(&mut nested.block);
    }
}

pub(super) fn page(kind: Kind, name: &str, schema: &Schema) -> String {
    let mut block = schema.block.clone();
    if !kind.is_stored {
        forget_replacement(&mut block);
    }
    let mut text = front_matter(&format!("{name} {}", kind.word), block.description);
    text.push_str(&format!("# {name} ({})\n\n", kind.word));
    if let Some(instead) = block.deprecated {
        text.push_str(&format!("~> **Deprecated.** {instead}\n\n"));
    }
    text.push_str(&format!("{}\n\n", block.description));
    text.push_str(&example_section(&format!("{}/{name}/main.tf", kind.folder)));
    text.push_str(&schema::section(&block));
    if let Some(import) = example(&format!("{}/{name}/import.tf", kind.folder)) {
        text.push_str(&format!("## Import\n\n```terraform\n{import}\n```\n"));
    }
    let mut text = text.trim_end().to_owned();
    text.push('\n');
    text
}
