//! What is known of an argument of a Terraform block: by its schema, its block, its name.

use std::cell::Cell;

use super::declared;
use super::inside::Place;
use super::{Origin, Reason};
use crate::detect::judge::Strength;
use crate::knowledge::names;
use crate::knowledge::terraform::{self as facts, Argument};
use crate::knowledge::{Added, PlaceKind};

/// What kind of block a place belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BlockKind {
    Resource,
    Provider,
    Backend,
    Connection,
    Module,
    Output,
    Variable,
    Local,
    Values,
    Other,
}

pub(super) struct Target<'k> {
    /// What is known beyond the tables.
    pub(super) added: &'k Added,
    pub(super) block: BlockKind,
    /// Type of the resource, provider or backend.
    pub(super) kind: String,
    pub(super) address: String,
    /// Whether the block says that it holds a secret: a SecureString, a name like `db/password`.
    pub(super) says_secret: bool,
    /// Values that may still be looked at.
    pub(super) left: Cell<u32>,
}

impl Place for Target<'_> {
    fn strength(&self, path: &str, key: &str) -> Option<(Strength, Reason)> {
        let named = |reason| names::kind(key).map(|kind| (Strength::Named(kind), reason));
        match self.block {
            BlockKind::Resource => self.resource(path, key),
            BlockKind::Provider if self.added.arguments.is_secret(&self.kind, path).is_some() => {
                let secret = self.added.arguments.is_secret(&self.kind, path) == Some(true);
                secret.then_some((Strength::Schema, Reason::Provider))
            }
            // Half of a pair or an address: a credential in a URL is found inside of it.
            BlockKind::Provider | BlockKind::Backend if is_no_secret(key) => None,
            BlockKind::Provider => match facts::provider_setting(&self.kind, path) {
                Some(_) => Some((Strength::Schema, Reason::Provider)),
                None if self.added.schemas.is_provider_secret(&self.kind, path) => {
                    Some((Strength::Schema, Reason::Provider))
                }
                None => named(Reason::Provider),
            },
            BlockKind::Backend => match facts::backend_setting(&self.kind, path) {
                Some(_) => Some((Strength::Schema, Reason::Backend)),
                None => named(Reason::Backend),
            },
            BlockKind::Connection => match facts::connection_setting(key) {
                Some(_) => Some((Strength::Schema, Reason::Connection)),
                None => named(Reason::Connection),
            },
            _ => named(Reason::Name),
        }
    }

    fn address(&self) -> &str {
        &self.address
    }

    fn kind(&self) -> &str {
        &self.kind
    }

    fn origin(&self) -> Origin {
        match self.block {
            BlockKind::Variable => Origin::VariableDefault,
            BlockKind::Values => Origin::Tfvars,
            BlockKind::Local => Origin::Local,
            BlockKind::Module => Origin::ModuleInput,
            BlockKind::Output => Origin::Output,
            _ => Origin::Argument,
        }
    }

    fn spend(&self) -> bool {
        let left = self.left.get();
        self.left.set(left.saturating_sub(1));
        left > 0
    }

    fn follows_collections(&self) -> bool {
        matches!(
            self.block,
            BlockKind::Resource | BlockKind::Provider | BlockKind::Connection
        )
    }

    fn pairs(&self, path: &str) -> bool {
        !path.is_empty()
    }
}

impl Target<'_> {
    fn resource(&self, path: &str, key: &str) -> Option<(Strength, Reason)> {
        match self.added.arguments.is_secret(&self.kind, path) {
            Some(true) => return Some((Strength::Schema, Reason::Schema)),
            Some(false) => return None,
            None => {}
        }
        if path
            .split('.')
            .any(|step| step.contains("public_key") || step == "public_keys")
        {
            return None;
        }
        if let Some(argument) = facts::argument(&self.kind, path) {
            return match argument.verdict {
                Argument::NotSecret => None,
                _ if argument.computed => None,
                Argument::Secret
                    if declared::is_judged_by_block(&self.kind, path) && !self.says_secret =>
                {
                    Some((Strength::Maybe, Reason::Schema))
                }
                Argument::Secret => Some((Strength::Schema, Reason::Schema)),
                Argument::Maybe => Some((Strength::Maybe, Reason::Schema)),
            };
        }
        if let Some(described) = self.added.schemas.argument(&self.kind, path)
            && described.sensitive
        {
            return (!described.computed).then_some((Strength::Schema, Reason::Schema));
        }
        let kind = names::kind(key);
        match facts::place_of(&self.kind, path).map(|place| place.kind) {
            // Below the place: `jsonencode({ username = …, password = … })`.
            Some(PlaceKind::Value | PlaceKind::ValueMap) => Some(match kind {
                Some(_) => (Strength::Schema, Reason::Schema),
                None => (Strength::Maybe, Reason::Schema),
            }),
            Some(PlaceKind::Environment | PlaceKind::Pair) => {
                kind.map(|kind| (Strength::Named(kind), Reason::Environment))
            }
            // `value` next to a `name`: the key here is the name of the pair.
            _ => kind.map(|kind| (Strength::Named(kind), Reason::Name)),
        }
    }
}

fn is_no_secret(key: &str) -> bool {
    names::is_setting(key) || matches!(key, "public_key" | "address" | "url" | "username" | "user")
}
