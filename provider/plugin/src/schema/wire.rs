//! Schemas as the protocol carries them.

use crate::proto::tfplugin5 as wire;

use super::{Attribute, Block, IdentityAttribute, NestedBlock, Nesting, Presence, Schema};

impl Schema {
    pub(crate) fn to_wire(&self) -> wire::Schema {
        wire::Schema {
            version: self.version,
            block: Some(wire::schema::Block {
                version: self.version,
                ..self.block.to_wire()
            }),
        }
    }
}

impl Block {
    fn to_wire(&self) -> wire::schema::Block {
        wire::schema::Block {
            version: 0,
            attributes: self.attributes.iter().map(Attribute::to_wire).collect(),
            block_types: self.blocks.iter().map(NestedBlock::to_wire).collect(),
            description: self.description.to_owned(),
            description_kind: wire::StringKind::Markdown.into(),
            deprecated: self.deprecated.is_some(),
            deprecation_message: self.deprecated.unwrap_or_default().to_owned(),
        }
    }
}

impl Attribute {
    fn to_wire(&self) -> wire::schema::Attribute {
        wire::schema::Attribute {
            name: self.name.to_owned(),
            r#type: self.ty.to_bytes(),
            description: self.description.to_owned(),
            required: self.presence == Presence::Required,
            optional: matches!(
                self.presence,
                Presence::Optional | Presence::OptionalComputed
            ),
            computed: self.presence.is_computed(),
            sensitive: self.sensitive,
            description_kind: wire::StringKind::Markdown.into(),
            deprecated: self.deprecated.is_some(),
            write_only: self.write_only,
            deprecation_message: self.deprecated.unwrap_or_default().to_owned(),
        }
    }
}

impl NestedBlock {
    fn to_wire(&self) -> wire::schema::NestedBlock {
        use wire::schema::nested_block::NestingMode;
        let nesting = match self.nesting {
            Nesting::Single => NestingMode::Single,
            Nesting::List => NestingMode::List,
            Nesting::Set => NestingMode::Set,
            Nesting::Map => NestingMode::Map,
        };
        wire::schema::NestedBlock {
            type_name: self.name.to_owned(),
            block: Some(self.block.to_wire()),
            nesting: nesting.into(),
            min_items: self.min,
            max_items: self.max,
        }
    }
}

impl IdentityAttribute {
    pub(crate) fn to_wire(&self) -> wire::resource_identity_schema::IdentityAttribute {
        wire::resource_identity_schema::IdentityAttribute {
            name: self.name.to_owned(),
            r#type: self.ty.to_bytes(),
            required_for_import: self.required_for_import,
            optional_for_import: !self.required_for_import,
            description: self.description.to_owned(),
        }
    }
}
