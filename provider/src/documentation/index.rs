//! The provider's own page.

use std::fs;

use coffer_backend::STORE_KINDS;
use coffer_plugin::Offers;
use coffer_plugin::schema::{Block, NestedBlock};

use super::object::short;
use super::{example, example_section, front_matter, root, schema};
use crate::Coffer;

pub(super) fn page(offers: &Offers<Coffer>) -> String {
    let block = offers.provider_schema().block;
    let mut text = front_matter("Provider", block.description);
    text.push_str(&format!("# coffer Provider\n\n{}\n\n", block.description));
    text.push_str(&example_section("provider/main.tf"));
    text.push_str(&stores(&block));
    text.push_str("## What it offers\n\n");
    text.push_str(&list(
        "Ephemeral resources",
        "ephemeral-resources",
        offers
            .ephemeral_schemas()
            .map(|(name, schema)| (name, schema.block.description)),
    ));
    text.push_str(&list(
        "Resources",
        "resources",
        offers
            .resource_schemas()
            .map(|(name, schema)| (name, schema.block.description)),
    ));
    text.push_str(&list(
        "Data sources",
        "data-sources",
        offers
            .data_source_schemas()
            .map(|(name, schema)| (name, schema.block.description)),
    ));
    text.push_str(&list(
        "Functions",
        "functions",
        offers.function_signatures().map(|it| (it.name, it.summary)),
    ));
    text.push_str(&guides());
    text.push_str(&schema::section(&block));
    let mut text = text.trim_end().to_owned();
    text.push('\n');
    text
}

/// The blocks that describe stores, each with its example.
fn stores(block: &Block) -> String {
    let mut text = "## Stores\n\n".to_owned();
    for store in store_blocks(block) {
        let description = store.block.description;
        let first = description.split("\n\n").next().unwrap_or_default();
        let example = example(&store_example(store.name)).unwrap_or_default();
        let name = store.name;
        text.push_str(&format!(
            "### `{name}`\n\n{first}\n\n```terraform\n{example}\n```\n\n"
        ));
    }
    text
}

/// The blocks of the provider that describe stores.
pub(super) fn store_blocks(block: &Block) -> impl Iterator<Item = &NestedBlock> {
    let blocks = block.blocks.iter();
    blocks.filter(|nested| STORE_KINDS.contains(&nested.name))
}

/// Where the example of a store's block stands.
pub(super) fn store_example(kind: &str) -> String {
    format!("stores/{kind}/main.tf")
}

/// Links to the guides, with what their first lines say of them.
fn guides() -> String {
    let folder = root().join("docs/guides");
    let mut lines = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let text = fs::read_to_string(entry.path()).unwrap_or_default();
        let between = |before: &str, after: &str| {
            let (_, rest) = text.split_once(before)?;
            rest.split_once(after).map(|(found, _)| found)
        };
        let title = between("page_title: \"", "\"\n");
        let description = between("description: |-\n  ", "\n---");
        if let (Some(title), Some(description)) = (title, description) {
            lines.push(format!("- [{title}](guides/{name}): {description}"));
        }
    }
    if lines.is_empty() {
        return String::new();
    }
    lines.sort();
    format!("### Guides\n\n{}\n\n", lines.join("\n"))
}

/// Links to the pages of one kind, each with its first sentence.
fn list<'a>(
    title: &str,
    folder: &str,
    entries: impl Iterator<Item = (&'a str, &'a str)>,
) -> String {
    let lines: Vec<String> = entries
        .map(|(name, description)| {
            let flat = description.replace('\n', " ");
            let sentence = flat
                .split_once(". ")
                .map_or(flat.as_str(), |(first, _)| first);
            let sentence = sentence.trim_end_matches('.');
            format!("- [`{name}`]({folder}/{}.md): {sentence}.", short(name))
        })
        .collect();
    if lines.is_empty() {
        return String::new();
    }
    format!("### {title}\n\n{}\n\n", lines.join("\n"))
}
