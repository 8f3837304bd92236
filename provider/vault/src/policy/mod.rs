//! What a token may do: rules on paths.
//!
//! Scopes bound what a token can decrypt. Rules bound, inside that, what this software lets it do: write, delete, or read
//! some paths of a scope and not others.

mod pattern;
mod suggest;

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use pattern::PathPattern;
pub use suggest::suggest_policy;

use crate::error::{Error, Result};

/// Something that a rule allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Capability {
    /// Store the first version of a secret.
    Create,
    /// Read and compare values, and take leases on them.
    Read,
    /// Store further versions, change metadata, move stages, disable and enable.
    Update,
    /// Delete with a way back, and restore.
    Delete,
    /// Destroy versions and purge secrets.
    Destroy,
    /// See names and metadata.
    List,
    /// Nothing. Where the most specific rule has this, what else it allows does not count.
    Deny,
}

impl Capability {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Create,
        Self::Read,
        Self::Update,
        Self::Delete,
        Self::Destroy,
        Self::List,
        Self::Deny,
    ];

    /// Its name in policies.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Read => "read",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Destroy => "destroy",
            Self::List => "list",
            Self::Deny => "deny",
        }
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Capability {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|capability| capability.as_str() == text)
            .ok_or_else(|| Error::Invalid {
                what: "the capability",
                problem: format!(
                    "\"{}\" does not exist; there are create, read, update, delete, destroy, list and deny",
                    text.escape_debug()
                ),
            })
    }
}

/// What is allowed on the paths that fit a pattern.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The paths.
    pub path: PathPattern,
    /// What is allowed there.
    pub capabilities: BTreeSet<Capability>,
}

/// A named list of rules.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// The rules; their order means nothing.
    pub rules: Vec<Rule>,
}

impl Policy {
    /// Parses a policy as JSON: `{"rules": [{"path": "prod/*", "capabilities": ["read", "list"]}]}`.
    ///
    /// # Errors
    /// Where the text is something else; the error names the place.
    pub fn parse(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(|error| Error::Invalid {
            what: "the policy",
            problem: format!("is not one: {error}"),
        })
    }
}

/// Whether `rules` allow `wanted` on `path`.
///
/// Of the rules that fit the path, those with the most specific pattern decide; where several have that same pattern,
/// their capabilities add up, and a `deny` among them wins. No rule, no right.
pub fn allows<'a>(
    rules: impl IntoIterator<Item = &'a Rule>,
    wanted: Capability,
    path: &str,
) -> bool {
    let mut decisive: Vec<&Rule> = Vec::new();
    for rule in rules.into_iter().filter(|rule| rule.path.fits(path)) {
        match decisive
            .first()
            .map(|best| rule.path.cmp_specificity(&best.path))
        {
            None | Some(std::cmp::Ordering::Greater) => decisive = vec![rule],
            Some(std::cmp::Ordering::Equal) => decisive.push(rule),
            Some(std::cmp::Ordering::Less) => {}
        }
    }
    let has = |capability| {
        decisive
            .iter()
            .any(|rule| rule.capabilities.contains(&capability))
    };
    !has(Capability::Deny) && has(wanted)
}
