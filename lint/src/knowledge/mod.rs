//! What is known of providers, resource types and names: which arguments are secrets, what replaces
//! them. The tables and where they come from: `knowledge/data/README.md`.

pub mod cloudformation;
pub mod names;
pub mod own;
pub mod schema;
pub mod terraform;

/// What a run knows beyond the tables of the binary.
#[derive(Debug, Default)]
pub struct Added {
    /// The user's own providers.
    pub schemas: schema::Schemas,
    /// Own secret arguments.
    pub arguments: own::OwnArguments,
    /// Values that are no findings.
    pub allowed: own::Allowed,
    /// Own token formats.
    pub formats: crate::detect::own::OwnFormats,
}

/// How a place carries secrets by its structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceKind {
    /// A map from the names of variables to their values.
    Environment,
    /// Repeated blocks with a name and a value.
    Pair,
    /// A script, in plain text or base64.
    Script,
    /// The value itself is the secret.
    Value,
    /// A map whose values are secrets.
    ValueMap,
    /// Anything else: judged by what stands in it.
    Other,
}

/// A place that carries secrets by its structure.
#[derive(Debug)]
pub struct Place {
    /// How.
    pub kind: PlaceKind,
    /// Path of the argument or property.
    pub path: &'static str,
    /// What to use instead; may be empty.
    pub replacement: &'static str,
}

/// Parses one row of the tables of places.
fn place(line: &'static str) -> Option<(&'static str, Place)> {
    let mut cells = line.split('\t');
    let (of, kind, path) = (cells.next()?, cells.next()?, cells.next()?);
    let replacement = cells.nth(2).unwrap_or_default();
    let kind = match kind {
        "env_map" => PlaceKind::Environment,
        "pair" | "conn_list" | "option_setting" => PlaceKind::Pair,
        "script" | "script_b64" => PlaceKind::Script,
        "value" | "value_b64" | "json_all" => PlaceKind::Value,
        "value_map" | "value_map_b64" => PlaceKind::ValueMap,
        _ => PlaceKind::Other,
    };
    Some((
        of,
        Place {
            kind,
            path,
            replacement,
        },
    ))
}
