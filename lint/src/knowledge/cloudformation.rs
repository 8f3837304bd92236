//! CloudFormation: properties that are secrets, and places that carry them.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{Place, place};

/// What is known of a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Property {
    /// A secret, write-only or beyond doubt.
    Secret,
    /// Named like a secret, and reviewed as likely one.
    Likely,
    /// Reviewed: it only sounds like one.
    NotSecret,
}

struct Row {
    path: Vec<&'static str>,
    verdict: Property,
    replacement: &'static str,
}

static PROPERTIES: LazyLock<HashMap<&'static str, Vec<Row>>> = LazyLock::new(|| {
    let mut table: HashMap<_, Vec<Row>> = HashMap::new();
    for line in include_str!("data/cloudformation_properties.tsv").lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        let [of, path, strength, replacement] = cells.as_slice() else {
            continue;
        };
        let verdict = match *strength {
            "s" => Property::Secret,
            "w" => Property::Likely,
            _ => Property::NotSecret,
        };
        let path = path.split('/').filter(|step| *step != "*").collect();
        table.entry(*of).or_default().push(Row {
            path,
            verdict,
            replacement,
        });
    }
    table
});

static PLACES: LazyLock<HashMap<&'static str, Vec<Place>>> = LazyLock::new(|| {
    let mut table: HashMap<_, Vec<Place>> = HashMap::new();
    for (of, row) in include_str!("data/cloudformation_places.tsv")
        .lines()
        .filter_map(place)
    {
        table.entry(of).or_default().push(row);
    }
    table
});

/// What is known of a property, and what replaces it. The path joins keys with dots and leaves out
/// the positions of list items.
pub fn property(of: &str, path: &str) -> Option<(Property, &'static str)> {
    let rows = PROPERTIES.get(of)?;
    rows.iter()
        .find(|row| row.path.iter().copied().eq(path.split('.')))
        .map(|row| (row.verdict, row.replacement))
}

/// The place of a resource that the path belongs to.
pub fn place_of(of: &str, path: &str) -> Option<&'static Place> {
    let rows = PLACES.get(of)?;
    rows.iter().find(|row| {
        let mut steps = path.split('.');
        row.path
            .split('/')
            .filter(|step| *step != "*")
            .all(|step| steps.next() == Some(step))
    })
}
