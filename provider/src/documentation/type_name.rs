//! The names of types, as pages write them.

use coffer_plugin::cty::CtyType;

/// In words: `List of String`.
pub(super) fn words(ty: &CtyType) -> String {
    match ty {
        CtyType::Bool => "Boolean".to_owned(),
        CtyType::Number => "Number".to_owned(),
        CtyType::String => "String".to_owned(),
        CtyType::Dynamic => "Dynamic".to_owned(),
        CtyType::List(element) => format!("List of {}", words(element)),
        CtyType::Set(element) => format!("Set of {}", words(element)),
        CtyType::Map(element) => format!("Map of {}", words(element)),
        CtyType::Tuple(_) => "Tuple".to_owned(),
        CtyType::Object(_) => "Object".to_owned(),
    }
}

/// As Terraform's language writes it: `list(string)`.
pub(super) fn notation(ty: &CtyType) -> String {
    match ty {
        CtyType::Bool => "bool".to_owned(),
        CtyType::Number => "number".to_owned(),
        CtyType::String => "string".to_owned(),
        CtyType::Dynamic => "dynamic".to_owned(),
        CtyType::List(element) => format!("list({})", notation(element)),
        CtyType::Set(element) => format!("set({})", notation(element)),
        CtyType::Map(element) => format!("map({})", notation(element)),
        CtyType::Tuple(elements) => {
            let elements: Vec<String> = elements.iter().map(notation).collect();
            format!("tuple([{}])", elements.join(", "))
        }
        CtyType::Object(attributes) => {
            let attributes: Vec<String> = attributes
                .iter()
                .map(|(name, ty)| format!("{name} = {}", notation(ty)))
                .collect();
            format!("object({{ {} }})", attributes.join(", "))
        }
    }
}

/// The members of the object that `ty` is made of.
pub(super) fn members(ty: &CtyType) -> Option<impl Iterator<Item = (&String, &CtyType)>> {
    match ty {
        CtyType::List(element) | CtyType::Set(element) | CtyType::Map(element) => {
            members_of(element)
        }
        other => members_of(other),
    }
}

fn members_of(ty: &CtyType) -> Option<std::collections::btree_map::Iter<'_, String, CtyType>> {
    match ty {
        CtyType::Object(attributes) => Some(attributes.iter()),
        _ => None,
    }
}
