//! The provider's schemas, read from the wire.

use std::collections::BTreeMap;

use super::codec::{self, CodecError};
use super::failure::Failure;
use super::proto::tfplugin5 as wire;
use super::ty::Type;
use super::value::Value;

/// All that a provider says about itself.
#[derive(Clone, Debug)]
pub struct ProviderSchema {
    /// The provider block.
    pub provider: Schema,
    /// Managed resources by type name.
    pub resources: BTreeMap<String, Schema>,
    /// Data sources by type name.
    pub data_sources: BTreeMap<String, Schema>,
    /// Ephemeral resources by type name.
    pub ephemerals: BTreeMap<String, Schema>,
    /// List blocks by type name.
    pub lists: BTreeMap<String, Schema>,
    /// Actions by type name.
    pub actions: BTreeMap<String, Schema>,
    /// Functions by name.
    pub functions: BTreeMap<String, wire::Function>,
}

/// One schema.
#[derive(Clone, Debug)]
pub struct Schema {
    /// Its version.
    pub version: i64,
    /// Its attributes and blocks.
    pub block: Block,
}

/// Attributes and blocks.
#[derive(Clone, Debug)]
pub struct Block {
    /// The attributes by name.
    pub attributes: BTreeMap<String, Attribute>,
    /// The nested blocks by name.
    pub blocks: BTreeMap<String, NestedBlock>,
}

/// An attribute.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Its type.
    pub ty: Type,
    /// What else the schema says.
    pub flags: wire::schema::Attribute,
}

/// A nested block.
#[derive(Clone, Debug)]
pub struct NestedBlock {
    /// How often it stands.
    pub nesting: Nesting,
    /// What stands in it.
    pub block: Block,
}

/// How often a nested block stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nesting {
    /// Once, or not at all.
    Single,
    /// Always once.
    Group,
    /// Several times in order.
    List,
    /// Several times without order.
    Set,
    /// Several times by name.
    Map,
}

impl ProviderSchema {
    pub(super) fn from_wire(
        response: wire::get_provider_schema::Response,
    ) -> Result<Self, Failure> {
        let all = |schemas: std::collections::HashMap<String, wire::Schema>| {
            schemas
                .into_iter()
                .map(|(name, schema)| {
                    let schema = Schema::from_wire(&name, schema)?;
                    Ok((name, schema))
                })
                .collect::<Result<BTreeMap<_, _>, Failure>>()
        };
        let actions = response
            .action_schemas
            .into_iter()
            .map(|(name, action)| {
                Ok((
                    name.clone(),
                    Schema::from_wire(&name, action.schema.unwrap_or_default())?,
                ))
            })
            .collect::<Result<_, Failure>>()?;
        Ok(Self {
            provider: Schema::from_wire("provider", response.provider.unwrap_or_default())?,
            resources: all(response.resource_schemas)?,
            data_sources: all(response.data_source_schemas)?,
            ephemerals: all(response.ephemeral_resource_schemas)?,
            lists: all(response.list_resource_schemas)?,
            actions,
            functions: response.functions.into_iter().collect(),
        })
    }
}

impl NestedBlock {
    fn complete(&self, value: &Value) -> Value {
        match (self.nesting, value) {
            (Nesting::Single | Nesting::Group, one) => self.block.complete(one),
            (Nesting::Map, Value::Object(members)) => Value::object(
                members
                    .iter()
                    .map(|(key, one)| (key.as_str(), self.block.complete(one))),
            ),
            (nesting, Value::List(elements)) => {
                let mut elements: Vec<Value> = elements
                    .iter()
                    .map(|one| self.block.complete(one))
                    .collect();
                if nesting == Nesting::Set {
                    elements.sort();
                    elements.dedup();
                }
                Value::List(elements)
            }
            (_, other) => other.clone(),
        }
    }
}

impl Schema {
    fn from_wire(name: &str, schema: wire::Schema) -> Result<Self, Failure> {
        Ok(Self {
            version: schema.version,
            block: Block::from_wire(name, schema.block.unwrap_or_default())?,
        })
    }

    /// A configuration of these attributes and blocks; the others are absent.
    pub fn config<'a>(&self, members: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
        let mut config = self.block.absent();
        for (name, value) in members {
            config = config.with(name, value);
        }
        self.block.complete(&config)
    }

    /// A configuration on the wire.
    pub(super) fn encode(&self, config: &Value) -> Result<wire::DynamicValue, CodecError> {
        codec::encode(&self.block.complete(config), &self.block.ty())
    }
}

impl Block {
    /// `value` with all that it leaves out: attributes are null then, blocks empty; and with its sets in order.
    #[must_use]
    pub fn complete(&self, value: &Value) -> Value {
        let (Value::Object(given), Value::Object(mut complete)) = (value, self.absent()) else {
            return value.clone();
        };
        for (name, member) in given {
            let member = match (self.blocks.get(name), self.attributes.get(name)) {
                (Some(nested), _) => nested.complete(member),
                (None, Some(attribute)) => codec::normal(member, &attribute.ty),
                // No value of this block; encoding says so.
                (None, None) => member.clone(),
            };
            complete.insert(name.clone(), member);
        }
        Value::Object(complete)
    }

    fn from_wire(name: &str, block: wire::schema::Block) -> Result<Self, Failure> {
        let mut attributes = BTreeMap::new();
        for flags in block.attributes {
            let place = format!("{name}.{}", flags.name);
            let ty = serde_json::from_slice(&flags.r#type)
                .ok()
                .and_then(|json| Type::from_json(&json))
                .ok_or_else(|| Failure::Rule(format!("{place} has no type")))?;
            attributes.insert(flags.name.clone(), Attribute { ty, flags });
        }
        let mut blocks = BTreeMap::new();
        for nested in block.block_types {
            use wire::schema::nested_block::NestingMode;
            let place = format!("{name}.{}", nested.type_name);
            let nesting = match nested.nesting() {
                NestingMode::Single => Nesting::Single,
                NestingMode::Group => Nesting::Group,
                NestingMode::List => Nesting::List,
                NestingMode::Set => Nesting::Set,
                NestingMode::Map => Nesting::Map,
                NestingMode::Invalid => {
                    return Err(Failure::Rule(format!("{place} has no nesting")));
                }
            };
            let block = Self::from_wire(&place, nested.block.unwrap_or_default())?;
            blocks.insert(nested.type_name, NestedBlock { nesting, block });
        }
        Ok(Self { attributes, blocks })
    }

    /// The type of a value of this block.
    #[must_use]
    pub fn ty(&self) -> Type {
        let attributes = self
            .attributes
            .iter()
            .map(|(name, attribute)| (name.clone(), attribute.ty.clone()));
        let blocks = self.blocks.iter().map(|(name, nested)| {
            let one = nested.block.ty();
            let ty = match nested.nesting {
                Nesting::Single | Nesting::Group => one,
                Nesting::List => Type::List(Box::new(one)),
                Nesting::Set => Type::Set(Box::new(one)),
                Nesting::Map => Type::Map(Box::new(one)),
            };
            (name.clone(), ty)
        });
        Type::Object(attributes.chain(blocks).collect())
    }

    /// What a configuration that says nothing is: attributes null, blocks empty.
    #[must_use]
    pub fn absent(&self) -> Value {
        let attributes = self
            .attributes
            .keys()
            .map(|name| (name.clone(), Value::Null));
        let blocks = self.blocks.iter().map(|(name, nested)| {
            let empty = match nested.nesting {
                Nesting::Single => Value::Null,
                Nesting::Group => nested.block.absent(),
                Nesting::List | Nesting::Set => Value::List(Vec::new()),
                Nesting::Map => Value::Object(BTreeMap::new()),
            };
            (name.clone(), empty)
        });
        Value::Object(attributes.chain(blocks).collect())
    }
}
