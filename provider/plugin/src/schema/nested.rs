//! Blocks inside blocks.

use std::collections::BTreeMap;

use crate::attribute_type::DecodeError;
use crate::cty::{Cty, CtyType};
use crate::model::{Model, ModelErrors};
use crate::path::Step;

use super::Block;

/// How often a nested block may stand, and how its instances are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Nesting {
    /// Once, or not at all.
    Single,
    /// Any number, in order.
    List,
    /// Any number, unordered and distinct.
    Set,
    /// Any number, each with a label.
    Map,
}

/// A block inside a block.
#[derive(Clone, Debug)]
pub struct NestedBlock {
    /// Its name.
    pub name: &'static str,
    /// How often it may stand.
    pub nesting: Nesting,
    /// Its shape.
    pub block: Block,
    /// The least number of them.
    pub min: i64,
    /// The greatest number of them; 0 is no limit.
    pub max: i64,
}

impl NestedBlock {
    /// For a field of type `F`.
    #[must_use]
    pub fn new<F: BlockField>(name: &'static str) -> Self {
        Self {
            name,
            nesting: F::NESTING,
            block: F::Inner::block(),
            min: 0,
            max: 0,
        }
    }

    /// Limits how many there may be. One that can stand once is required or not.
    pub fn limit(&mut self, min: i64, max: i64) {
        (self.min, self.max) = (min, max);
        if self.nesting == Nesting::Single {
            // Terraform wants both the same there.
            self.max = self.min;
        }
    }

    /// Describes it, in Markdown, unless `text` is empty: then the description of its struct stands.
    pub fn describe(&mut self, text: &'static str) {
        if !text.is_empty() {
            self.block.description = text;
        }
    }

    /// The type of its value.
    #[must_use]
    pub fn cty_type(&self) -> CtyType {
        let inner = self.block.cty_type();
        match self.nesting {
            Nesting::Single => inner,
            Nesting::List => CtyType::list(inner),
            Nesting::Set => CtyType::set(inner),
            Nesting::Map => CtyType::map(inner),
        }
    }
}

/// The type of a field that is a nested block: `Option<M>` (once), `Vec<M>` (a list, or a set with
/// `#[block(set)]`) or `BTreeMap<String, M>` (labelled).
///
/// Where a `dynamic` block has an unknown number of instances, one instance of unknown content stands for them.
#[diagnostic::on_unimplemented(
    message = "a field with #[block] must be `Option<M>`, `Vec<M>` or `BTreeMap<String, M>` of a Model"
)]
pub trait BlockField: Sized {
    /// The content of one instance.
    type Inner: Model;
    /// How the field nests.
    const NESTING: Nesting;

    /// No instance.
    fn none() -> Self;
    /// Reads the instances.
    ///
    /// # Errors
    /// What is malformed, and where.
    fn from_cty(value: Cty) -> Result<Self, ModelErrors>;
    /// Writes the instances.
    fn to_cty(&self) -> Cty;
}

impl<M: Model> BlockField for Option<M> {
    type Inner = M;
    const NESTING: Nesting = Nesting::Single;

    fn none() -> Self {
        None
    }

    fn from_cty(value: Cty) -> Result<Self, ModelErrors> {
        match value {
            Cty::Null => Ok(None),
            Cty::Unknown => Ok(Some(M::unknown())),
            value => M::from_cty(value).map(Some),
        }
    }

    fn to_cty(&self) -> Cty {
        self.as_ref().map_or(Cty::Null, M::to_cty)
    }
}

impl<M: Model> BlockField for Vec<M> {
    type Inner = M;
    const NESTING: Nesting = Nesting::List;

    fn none() -> Self {
        Vec::new()
    }

    fn from_cty(value: Cty) -> Result<Self, ModelErrors> {
        let (elements, ordered) = match value {
            Cty::Null => return Ok(Vec::new()),
            Cty::Unknown => return Ok(vec![M::unknown()]),
            Cty::List(elements) => (elements, true),
            Cty::Set(elements) => (elements, false),
            other => return Err(DecodeError::expected(&other, "a list of blocks").into()),
        };
        let mut errors = ModelErrors::default();
        let mut instances = Vec::with_capacity(elements.len());
        for (at, element) in elements.into_iter().enumerate() {
            let step = if ordered {
                Step::Index(at)
            } else {
                Step::Element
            };
            match element {
                Cty::Unknown => instances.push(M::unknown()),
                element => match M::from_cty(element) {
                    Ok(instance) => instances.push(instance),
                    Err(inner) => errors.extend(inner.inside(&step)),
                },
            }
        }
        errors.or(instances)
    }

    fn to_cty(&self) -> Cty {
        Cty::List(self.iter().map(M::to_cty).collect())
    }
}

impl<M: Model> BlockField for BTreeMap<String, M> {
    type Inner = M;
    const NESTING: Nesting = Nesting::Map;

    fn none() -> Self {
        BTreeMap::new()
    }

    fn from_cty(value: Cty) -> Result<Self, ModelErrors> {
        let elements = match value {
            Cty::Null => return Ok(BTreeMap::new()),
            Cty::Unknown => return Ok(BTreeMap::from([(String::new(), M::unknown())])),
            Cty::Object(elements) => elements,
            other => return Err(DecodeError::expected(&other, "a map of blocks").into()),
        };
        let mut errors = ModelErrors::default();
        let mut instances = BTreeMap::new();
        for (key, element) in elements {
            match element {
                Cty::Unknown => {
                    instances.insert(key, M::unknown());
                }
                element => match M::from_cty(element) {
                    Ok(instance) => {
                        instances.insert(key, instance);
                    }
                    Err(inner) => errors.extend(inner.inside(&Step::Key(key))),
                },
            }
        }
        errors.or(instances)
    }

    fn to_cty(&self) -> Cty {
        Cty::object(
            self.iter()
                .map(|(key, value)| (key.clone(), value.to_cty())),
        )
    }
}
