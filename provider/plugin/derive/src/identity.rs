//! `#[derive(Identity)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, LitInt, Result};

use crate::docs::description;
use crate::structure::{named_fields, terraform_name};

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let ident = &input.ident;
    let mut version = 0_i64;
    for words in input
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("identity"))
    {
        words.parse_nested_meta(|meta| {
            if !meta.path.is_ident("version") {
                return Err(meta.error("the only identity word of a struct is version"));
            }
            version = meta.value()?.parse::<LitInt>()?.base10_parse()?;
            Ok(())
        })?;
    }
    let mut attributes = Vec::new();
    let mut reads = Vec::new();
    let mut writes = Vec::new();
    for (field_ident, field) in named_fields(input)? {
        let mut required = true;
        for words in field
            .attrs
            .iter()
            .filter(|attribute| attribute.path().is_ident("identity"))
        {
            words.parse_nested_meta(|meta| {
                if !meta.path.is_ident("optional") {
                    return Err(meta.error("the only identity word of a field is optional"));
                }
                required = false;
                Ok(())
            })?;
        }
        let name = terraform_name(field_ident);
        let ty = &field.ty;
        let description = description(&field.attrs);
        attributes.push(quote! {
            ::coffer_plugin::schema::IdentityAttribute {
                name: #name,
                ty: <#ty as ::coffer_plugin::AttributeType>::cty_type(),
                description: #description,
                required_for_import: #required,
            }
        });
        reads.push(quote!(#field_ident: fields.take(#name)?));
        writes.push(quote! {
            (#name, <#ty as ::coffer_plugin::AttributeType>::to_cty(&self.#field_ident))
        });
    }
    Ok(quote! {
        #[automatically_derived]
        impl ::coffer_plugin::IdentityModel for #ident {
            const VERSION: i64 = #version;

            fn attributes() -> ::std::vec::Vec<::coffer_plugin::schema::IdentityAttribute> {
                ::std::vec![#(#attributes),*]
            }

            fn from_cty(
                value: ::coffer_plugin::cty::Cty,
            ) -> ::core::result::Result<Self, ::coffer_plugin::ModelErrors> {
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
