//! `#[derive(ObjectType)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Result};

use crate::structure::{named_fields, terraform_name, text};

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let ident = &input.ident;
    let mut types = Vec::new();
    let mut reads = Vec::new();
    let mut writes = Vec::new();
    for (field_ident, field) in named_fields(input)? {
        let mut name = terraform_name(field_ident);
        for words in field
            .attrs
            .iter()
            .filter(|attribute| attribute.path().is_ident("object"))
        {
            words.parse_nested_meta(|meta| {
                if !meta.path.is_ident("name") {
                    return Err(meta.error("the only object word is name"));
                }
                name = text(&meta)?;
                Ok(())
            })?;
        }
        let ty = &field.ty;
        types.push(quote!((#name, <#ty as ::coffer_plugin::AttributeType>::cty_type())));
        reads.push(quote!(#field_ident: fields.take(#name)?));
        writes.push(quote! {
            (#name, <#ty as ::coffer_plugin::AttributeType>::to_cty(&self.#field_ident))
        });
    }
    Ok(quote! {
        #[automatically_derived]
        impl ::coffer_plugin::AttributeType for #ident {
            fn cty_type() -> ::coffer_plugin::cty::CtyType {
                let attributes: ::std::vec::Vec<(&str, ::coffer_plugin::cty::CtyType)> =
                    ::std::vec![#(#types),*];
                ::coffer_plugin::cty::CtyType::object(attributes)
            }

            fn from_cty(
                value: ::coffer_plugin::cty::Cty,
            ) -> ::core::result::Result<Self, ::coffer_plugin::DecodeError> {
                let mut fields = ::coffer_plugin::ObjectFields::new(value)?;
                ::core::result::Result::Ok(Self { #(#reads),* })
            }

            fn to_cty(&self) -> ::coffer_plugin::cty::Cty {
                let attributes: ::std::vec::Vec<(&str, ::coffer_plugin::cty::Cty)> =
                    ::std::vec![#(#writes),*];
                ::coffer_plugin::cty::Cty::object(attributes)
            }
        }
    })
}
