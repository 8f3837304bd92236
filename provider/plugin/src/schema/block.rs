//! A block: attributes, nested blocks, and rules between them.

use crate::cty::CtyType;

use super::{Attribute, NestedBlock};

/// The shape of one kind of object, with the version of that shape.
#[derive(Clone, Debug)]
pub struct Schema {
    /// Counts the changes of shape that need an upgrade of stored state.
    pub version: i64,
    /// The shape.
    pub block: Block,
}

/// A rule between the attributes and blocks of one block. Each judges only what is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Constraint {
    /// At most one may be set.
    Conflicts(&'static [&'static str]),
    /// One, and no other, must be set.
    ExactlyOneOf(&'static [&'static str]),
    /// One or more must be set.
    AtLeastOneOf(&'static [&'static str]),
    /// All or none.
    RequiredTogether(&'static [&'static str]),
}

impl Constraint {
    /// The attributes and blocks that it is about.
    #[must_use]
    pub fn names(&self) -> &'static [&'static str] {
        match self {
            Self::Conflicts(names)
            | Self::ExactlyOneOf(names)
            | Self::AtLeastOneOf(names)
            | Self::RequiredTogether(names) => names,
        }
    }
}

/// Attributes, nested blocks, and rules between them.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// What it is, in Markdown.
    pub description: &'static str,
    /// Why it is deprecated and what to use instead.
    pub deprecated: Option<&'static str>,
    /// Its attributes, in order of declaration.
    pub attributes: Vec<Attribute>,
    /// Its nested blocks, in order of declaration.
    pub blocks: Vec<NestedBlock>,
    /// The rules between them.
    pub constraints: Vec<Constraint>,
}

impl Block {
    /// An empty block.
    #[must_use]
    pub fn new(description: &'static str) -> Self {
        Self {
            description,
            ..Self::default()
        }
    }

    /// With one more attribute.
    #[must_use]
    pub fn attribute(mut self, attribute: Attribute) -> Self {
        self.attributes.push(attribute);
        self
    }

    /// With the attributes, nested blocks and rules of `other`.
    #[must_use]
    pub fn flatten(mut self, other: Self) -> Self {
        self.attributes.extend(other.attributes);
        self.blocks.extend(other.blocks);
        self.constraints.extend(other.constraints);
        self
    }

    /// With one more nested block.
    #[must_use]
    pub fn nested(mut self, block: NestedBlock) -> Self {
        self.blocks.push(block);
        self
    }

    /// With one more rule.
    #[must_use]
    pub fn constraint(mut self, constraint: Constraint) -> Self {
        self.constraints.push(constraint);
        self
    }

    /// Deprecated, with this message.
    #[must_use]
    pub fn deprecated(mut self, message: &'static str) -> Self {
        self.deprecated = Some(message);
        self
    }

    /// The attribute `name`.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Attribute> {
        self.attributes
            .iter()
            .find(|attribute| attribute.name == name)
    }

    /// The object type of a value of this block.
    #[must_use]
    pub fn cty_type(&self) -> CtyType {
        let attributes = self
            .attributes
            .iter()
            .map(|attribute| (attribute.name, attribute.ty.clone()));
        let blocks = self
            .blocks
            .iter()
            .map(|nested| (nested.name, nested.cty_type()));
        CtyType::object(attributes.chain(blocks))
    }

    /// Every attribute here and in nested blocks, with its dotted name.
    #[must_use]
    pub fn all_attributes(&self) -> Vec<(String, &Attribute)> {
        let own = self
            .attributes
            .iter()
            .map(|attribute| (attribute.name.to_owned(), attribute));
        let nested = self.blocks.iter().flat_map(|nested| {
            let inner = nested.block.all_attributes().into_iter();
            inner.map(move |(name, attribute)| (format!("{}.{name}", nested.name), attribute))
        });
        own.chain(nested).collect()
    }
}
