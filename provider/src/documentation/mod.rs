//! The registry's pages, generated from the catalogue and the examples. Compiled for tests alone: one of them writes the
//! pages on demand (`cargo xtask docs`), and fails where they are not current.
//!
//! <https://developer.hashicorp.com/terraform/registry/providers/docs>

mod function;
mod index;
mod object;
mod schema;
mod stores;
mod type_name;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use coffer_plugin::Provider;

use crate::Coffer;

/// The folders of `docs/` whose pages are generated, and no other page may stand in.
const FOLDERS: &[&str] = &[
    "resources",
    "ephemeral-resources",
    "data-sources",
    "functions",
];

/// The root of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The example of an entry, such as `resources/coffer_secret/main.tf`, without the line break at its end.
fn example(path: &str) -> Option<String> {
    let text = fs::read_to_string(root().join("examples").join(path)).ok()?;
    Some(text.trim_end().to_owned())
}

/// All pages by their paths below `docs/`.
fn pages() -> BTreeMap<String, String> {
    let offers = Coffer::offers();
    let mut pages = BTreeMap::new();
    pages.insert("index.md".to_owned(), index::page(&offers));
    pages.insert("guides/what-stores-keep.md".to_owned(), stores::page());
    for (kind, schemas) in [
        (
            object::RESOURCE,
            offers.resource_schemas().collect::<Vec<_>>(),
        ),
        (object::EPHEMERAL, offers.ephemeral_schemas().collect()),
        (object::DATA_SOURCE, offers.data_source_schemas().collect()),
    ] {
        for (name, schema) in schemas {
            pages.insert(
                format!("{}/{}.md", kind.folder, object::short(name)),
                object::page(kind, name, schema),
            );
        }
    }
    for signature in offers.function_signatures() {
        pages.insert(
            format!("functions/{}.md", signature.name),
            function::page(&signature),
        );
    }
    pages
}

/// The first lines of an object's page, which the registry reads.
fn front_matter(title: &str, description: &str) -> String {
    guide_front_matter(&format!("{title} - coffer"), description)
}

/// The first lines of a guide.
fn guide_front_matter(title: &str, description: &str) -> String {
    let summary = description.split("\n\n").next().unwrap_or_default();
    let summary = summary.replace('\n', "\n  ");
    format!(
        "---\npage_title: \"{title}\"\nsubcategory: \"\"\ndescription: |-\n  {summary}\n---\n\n"
    )
}

/// A section with an example, or nothing where there is none.
fn example_section(path: &str) -> String {
    example(path).map_or_else(String::new, |text| {
        format!("## Example Usage\n\n```terraform\n{text}\n```\n\n")
    })
}

/// The pages that stand in the folders of generated pages.
fn standing() -> Vec<String> {
    let mut names = Vec::new();
    for folder in FOLDERS {
        let entries = fs::read_dir(root().join("docs").join(folder));
        for entry in entries.into_iter().flatten().flatten() {
            names.push(format!("{folder}/{}", entry.file_name().to_string_lossy()));
        }
    }
    names
}

#[test]
fn the_pages_are_current() {
    let docs = root().join("docs");
    let write = std::env::var_os("COFFER_WRITE_DOCS").is_some();
    let pages = pages();
    let mut stale = Vec::new();
    for (name, text) in &pages {
        let path = docs.join(name);
        if fs::read_to_string(&path).is_ok_and(|standing| standing == *text) {
            continue;
        }
        if write {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
        } else {
            stale.push(name.clone());
        }
    }
    for name in standing()
        .into_iter()
        .filter(|name| !pages.contains_key(name))
    {
        if write {
            fs::remove_file(docs.join(&name)).unwrap();
        } else {
            stale.push(name);
        }
    }
    assert!(
        stale.is_empty(),
        "not what the catalogue says: {}. `cargo xtask docs` writes them.",
        stale.join(", ")
    );
}

#[test]
fn everything_has_an_example() {
    let offers = Coffer::offers();
    let objects = [
        (
            "resources",
            offers
                .resource_schemas()
                .map(|(name, _)| name)
                .collect::<Vec<_>>(),
        ),
        (
            "ephemeral-resources",
            offers.ephemeral_schemas().map(|(name, _)| name).collect(),
        ),
        (
            "data-sources",
            offers.data_source_schemas().map(|(name, _)| name).collect(),
        ),
        (
            "functions",
            offers.function_signatures().map(|it| it.name).collect(),
        ),
    ];
    let provider = offers.provider_schema().block;
    for store in index::store_blocks(&provider) {
        let path = index::store_example(store.name);
        let text = example(&path).unwrap_or_else(|| panic!("examples/{path} is missing"));
        let block = format!("  {} {{", store.name);
        assert!(text.contains(&block), "examples/{path} has no {block} }}");
    }
    let paths = objects.into_iter().flat_map(|(folder, names)| {
        names
            .into_iter()
            .map(move |name| (format!("{folder}/{name}/main.tf"), name))
    });
    for (path, name) in paths {
        let text = example(&path).unwrap_or_else(|| panic!("examples/{path} is missing"));
        assert!(text.contains(name), "examples/{path} does not use {name}");
    }
}

/// What the generator is fed with is right only if it tells everything that a reader must know.
#[test]
fn pages_tell_what_a_reader_must_know() {
    let pages = pages();
    let secret = &pages["resources/secret.md"];
    assert!(secret.contains("- `name` (String, a change replaces the resource) The secret's name"));
    assert!(secret.contains("- `value_wo` (String, Sensitive, [Write-only]("));
    assert!(secret.contains("Exactly one of `value_wo`, `data_wo`, `generate` is set."));
    assert!(secret.contains("- `generate` (Block) Has the vault generate the value"));
    assert!(secret.contains("### Nested Schema for `generate`"));
    let value = &pages["ephemeral-resources/secret.md"];
    assert!(value.contains("- `value` (String, Sensitive) The value"));
    assert!(!value.contains("replaces the resource"));
    let redact = &pages["functions/redact.md"];
    assert!(
        redact.contains("redact(text string, secrets string...) string"),
        "{redact}"
    );
}
