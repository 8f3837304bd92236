//! The user's own providers, as `terraform providers schema -json` describes them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// What a provider says of an argument.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Described {
    /// Marked as sensitive.
    pub sensitive: bool,
    /// Never stored.
    pub write_only: bool,
    /// Set by the provider alone.
    pub computed: bool,
}

/// Why a schema could not be used.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// The file cannot be read.
    #[error("{}: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The file holds something else.
    #[error("{}: this is no provider schema ({error}); write it with `terraform providers schema -json`", path.display())]
    NotASchema {
        /// The file.
        path: PathBuf,
        /// Why.
        error: serde_json::Error,
    },
}

/// Arguments of one type by their path; blocks are joined with dots.
type Arguments = HashMap<String, Described>;

/// Everything that was read with `--schema`.
#[derive(Debug, Default)]
pub struct Schemas {
    resources: HashMap<String, Arguments>,
    data_sources: HashMap<String, Arguments>,
    providers: HashMap<String, Arguments>,
    ephemeral: HashMap<String, Arguments>,
}

impl Schemas {
    /// Reads the files.
    ///
    /// # Errors
    /// A file that cannot be read or that is no schema.
    pub fn read(paths: &[PathBuf]) -> Result<Self, SchemaError> {
        let mut schemas = Self::default();
        for path in paths {
            let bytes = std::fs::read(path).map_err(|error| SchemaError::Unreadable {
                path: path.clone(),
                error,
            })?;
            schemas.add(path, &bytes)?;
        }
        Ok(schemas)
    }

    fn add(&mut self, path: &Path, bytes: &[u8]) -> Result<(), SchemaError> {
        let document: Document =
            serde_json::from_slice(bytes).map_err(|error| SchemaError::NotASchema {
                path: path.to_owned(),
                error,
            })?;
        for (source, provider) in document.provider_schemas {
            let name = source.rsplit('/').next().unwrap_or(&source).to_owned();
            if let Some(schema) = provider.provider {
                self.providers.insert(name, arguments(&schema.block));
            }
            for (types, known) in [
                (provider.resource_schemas, &mut self.resources),
                (provider.data_source_schemas, &mut self.data_sources),
                (provider.ephemeral_resource_schemas, &mut self.ephemeral),
            ] {
                known.extend(
                    types
                        .into_iter()
                        .map(|(name, schema)| (name, arguments(&schema.block))),
                );
            }
        }
        Ok(())
    }

    /// What the provider says of an argument of a resource or data source.
    pub fn argument(&self, of: &str, path: &str) -> Option<Described> {
        let types = [&self.resources, &self.data_sources];
        types
            .iter()
            .find_map(|types| types.get(of)?.get(path))
            .copied()
    }

    /// Whether the provider marks a setting of its own block as sensitive.
    pub fn is_provider_secret(&self, provider: &str, path: &str) -> bool {
        let described = self.providers.get(provider).and_then(|of| of.get(path));
        described.is_some_and(|described| described.sensitive)
    }

    /// Whether this type of resource is described.
    pub fn has_resource(&self, of: &str) -> bool {
        self.resources.contains_key(of)
    }

    /// The write-only argument that stands beside an argument.
    pub fn twin(&self, of: &str, path: &str) -> Option<String> {
        let twin = format!("{path}_wo");
        let described = self.resources.get(of)?.get(&twin)?;
        let name = twin.rsplit('.').next().unwrap_or(&twin).to_owned();
        described.write_only.then_some(name)
    }

    /// Whether there is an ephemeral resource of this type; `None` where no schema was read.
    pub fn has_ephemeral(&self, of: &str) -> Option<bool> {
        (!self.providers.is_empty() || !self.resources.is_empty())
            .then(|| self.ephemeral.contains_key(of))
    }

    /// The sensitive attributes of a data source.
    pub fn secrets_of_data_source(&self, of: &str) -> Vec<&str> {
        let mut secrets: Vec<&str> = self
            .data_sources
            .get(of)
            .into_iter()
            .flatten()
            .filter(|(_, described)| described.sensitive && described.computed)
            .map(|(path, _)| path.as_str())
            .collect();
        secrets.sort_unstable();
        secrets
    }
}

#[derive(Deserialize)]
struct Document {
    provider_schemas: HashMap<String, Provider>,
}

#[derive(Deserialize)]
struct Provider {
    provider: Option<Schema>,
    #[serde(default)]
    resource_schemas: HashMap<String, Schema>,
    #[serde(default)]
    data_source_schemas: HashMap<String, Schema>,
    #[serde(default)]
    ephemeral_resource_schemas: HashMap<String, Schema>,
}

#[derive(Deserialize)]
struct Schema {
    #[serde(default)]
    block: Block,
}

#[derive(Default, Deserialize)]
struct Block {
    #[serde(default)]
    attributes: HashMap<String, Attribute>,
    #[serde(default)]
    block_types: HashMap<String, Nested>,
}

#[derive(Deserialize)]
struct Nested {
    #[serde(default)]
    block: Block,
}

#[derive(Deserialize)]
struct Attribute {
    #[serde(default)]
    sensitive: bool,
    #[serde(default)]
    write_only: bool,
    #[serde(default)]
    computed: bool,
    #[serde(default)]
    optional: bool,
    #[serde(default)]
    required: bool,
    nested_type: Option<NestedType>,
}

#[derive(Deserialize)]
struct NestedType {
    #[serde(default)]
    attributes: HashMap<String, Attribute>,
}

fn arguments(block: &Block) -> Arguments {
    let mut found = Arguments::new();
    add_block("", block, &mut found);
    found
}

fn add_block(path: &str, block: &Block, found: &mut Arguments) {
    add_attributes(path, &block.attributes, found);
    for (name, nested) in &block.block_types {
        add_block(&joined(path, name), &nested.block, found);
    }
}

fn add_attributes(path: &str, attributes: &HashMap<String, Attribute>, found: &mut Arguments) {
    for (name, attribute) in attributes {
        let path = joined(path, name);
        if let Some(nested) = &attribute.nested_type {
            add_attributes(&path, &nested.attributes, found);
        }
        found.insert(
            path,
            Described {
                sensitive: attribute.sensitive,
                write_only: attribute.write_only,
                computed: attribute.computed && !attribute.optional && !attribute.required,
            },
        );
    }
}

fn joined(path: &str, name: &str) -> String {
    match path {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    }
}
