//! `#[block(...)]`: a field that is a nested block.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Field, LitInt, Meta, Result};

use crate::structure::text;

/// A nested block: its name, whether it is a set, and the expression that builds its definition.
pub(crate) struct Definition {
    pub(crate) name: String,
    pub(crate) set: bool,
    pub(crate) expression: TokenStream,
}

pub(crate) fn define(
    field: &Field,
    attribute: &syn::Attribute,
    name: String,
) -> Result<Definition> {
    let mut name = name;
    let mut set = false;
    let mut min = 0_i64;
    let mut max = 0_i64;
    if !matches!(attribute.meta, Meta::Path(_)) {
        attribute.parse_nested_meta(|meta| {
            let word = meta.path.require_ident()?.to_string();
            match word.as_str() {
                "name" => name = text(&meta)?,
                "set" => set = true,
                "required" => min = 1,
                "min" => min = meta.value()?.parse::<LitInt>()?.base10_parse()?,
                "max" => max = meta.value()?.parse::<LitInt>()?.base10_parse()?,
                _ => return Err(meta.error(format!("there is no block word {word}"))),
            }
            Ok(())
        })?;
    }
    let ty = &field.ty;
    let nesting = if set {
        quote!(nested.nesting = ::coffer_plugin::schema::Nesting::Set;)
    } else {
        quote!()
    };
    let description = crate::docs::description(&field.attrs);
    let expression = quote!({
        let mut nested = ::coffer_plugin::schema::NestedBlock::new::<#ty>(#name);
        #nesting
        nested.limit(#min, #max);
        nested.describe(#description);
        nested
    });
    Ok(Definition {
        name,
        set,
        expression,
    })
}
