//! `#[derive(Arguments)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Error, GenericArgument, Meta, PathArguments, Result, Type};

use crate::docs::description;
use crate::structure::{named_fields, terraform_name, text};

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let ident = &input.ident;
    let fields = named_fields(input)?;
    let count = fields.len();
    let mut parameters = Vec::new();
    let mut reads = Vec::new();
    for (position, (field_ident, field)) in fields.into_iter().enumerate() {
        let mut name = terraform_name(field_ident);
        let mut null = type_argument(&field.ty, "Option").is_some();
        let mut unknown = false;
        let mut variadic = false;
        for words in field
            .attrs
            .iter()
            .filter(|attribute| attribute.path().is_ident("arg"))
        {
            if matches!(words.meta, Meta::Path(_)) {
                continue;
            }
            words.parse_nested_meta(|meta| {
                let word = meta.path.require_ident()?.to_string();
                match word.as_str() {
                    "name" => name = text(&meta)?,
                    "null" => null = true,
                    "unknown" => unknown = true,
                    "variadic" => variadic = true,
                    _ => return Err(meta.error(format!("there is no arg word {word}"))),
                }
                Ok(())
            })?;
        }
        let ty = &field.ty;
        let element = if variadic {
            if position.saturating_add(1) != count {
                return Err(Error::new_spanned(
                    field,
                    "only the last parameter is variadic",
                ));
            }
            type_argument(ty, "Vec")
                .ok_or_else(|| Error::new_spanned(ty, "a variadic parameter is a Vec<T>"))?
        } else {
            ty
        };
        let description = description(&field.attrs);
        parameters.push(quote! {
            ::coffer_plugin::Parameter {
                name: #name,
                ty: <#element as ::coffer_plugin::AttributeType>::cty_type(),
                description: #description,
                allow_null: #null,
                allow_unknown: #unknown,
                variadic: #variadic,
            }
        });
        reads.push(quote!(#field_ident: values.take()?));
    }
    let description = description(&input.attrs);
    Ok(quote! {
        #[automatically_derived]
        impl ::coffer_plugin::Arguments for #ident {
            const DESCRIPTION: &'static str = #description;

            fn parameters() -> ::std::vec::Vec<::coffer_plugin::Parameter> {
                ::std::vec![#(#parameters),*]
            }

            fn from_cty(
                values: ::std::vec::Vec<::coffer_plugin::cty::Cty>,
            ) -> ::core::result::Result<Self, ::coffer_plugin::FunctionError> {
                let mut values = ::coffer_plugin::ArgumentValues::new(values);
                ::core::result::Result::Ok(Self { #(#reads),* })
            }
        }
    })
}

/// `T` of `wrapper<T>`.
fn type_argument<'a>(ty: &'a Type, wrapper: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else { return None };
    let last = path
        .path
        .segments
        .last()
        .filter(|segment| segment.ident == wrapper)?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}
