//! `#[derive(Model)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::punctuated::Punctuated;
use syn::{DeriveInput, Error, Field, LitStr, Result, Token};

use crate::docs::description;
use crate::structure::{named_fields, terraform_name, text};
use crate::{attribute, block};

/// The pieces of code that one field contributes.
struct Pieces {
    define: TokenStream,
    read: TokenStream,
    /// An iterator of names and values.
    write: TokenStream,
    null: TokenStream,
    unknown: TokenStream,
}

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let ident = &input.ident;
    let mut pieces = Vec::new();
    for (name, field) in named_fields(input)? {
        pieces.push(field_pieces(name, field)?);
    }
    let defines = pieces.iter().map(|piece| &piece.define);
    let reads = pieces.iter().map(|piece| &piece.read);
    let writes = pieces.iter().map(|piece| &piece.write);
    let nulls = pieces.iter().map(|piece| &piece.null);
    let unknowns = pieces.iter().map(|piece| &piece.unknown);
    let description = description(&input.attrs);
    let rules = struct_rules(input)?;
    Ok(quote! {
        #[automatically_derived]
        impl ::coffer_plugin::Model for #ident {
            fn block() -> ::coffer_plugin::schema::Block {
                ::coffer_plugin::schema::Block::new(#description) #(#defines)* #(#rules)*
            }

            fn from_cty(
                value: ::coffer_plugin::cty::Cty,
            ) -> ::core::result::Result<Self, ::coffer_plugin::ModelErrors> {
                let mut fields = ::coffer_plugin::Fields::new(value);
                let model = Self { #(#reads),* };
                fields.finish(model)
            }

            fn to_cty(&self) -> ::coffer_plugin::cty::Cty {
                let mut attributes: ::std::vec::Vec<(
                    ::std::string::String,
                    ::coffer_plugin::cty::Cty,
                )> = ::std::vec::Vec::new();
                #(attributes.extend(#writes);)*
                ::coffer_plugin::cty::Cty::object(attributes)
            }

            fn null() -> Self {
                Self { #(#nulls),* }
            }

            fn unknown() -> Self {
                Self { #(#unknowns),* }
            }
        }
    })
}

fn field_pieces(ident: &syn::Ident, field: &Field) -> Result<Pieces> {
    let default_name = terraform_name(ident);
    let ty = &field.ty;
    let find = |word: &str| {
        field
            .attrs
            .iter()
            .find(|attribute| attribute.path().is_ident(word))
    };
    if let Some(flatten) = find("flatten") {
        if let Some(other) = find("attr").or(find("block")) {
            return Err(Error::new_spanned(
                other,
                "a flattened field has no attribute or block of its own",
            ));
        }
        flatten.meta.require_path_only()?;
        return Ok(Pieces {
            define: quote!(.flatten(<#ty as ::coffer_plugin::Model>::block())),
            read: quote!(#ident: fields.flattened()),
            write: quote!(::coffer_plugin::Model::to_cty(&self.#ident).into_attributes()),
            null: quote!(#ident: <#ty as ::coffer_plugin::Model>::null()),
            unknown: quote!(#ident: <#ty as ::coffer_plugin::Model>::unknown()),
        });
    }
    match (find("attr"), find("block")) {
        (Some(words), None) => {
            let attribute::Definition { name, expression } =
                attribute::define(field, words, default_name)?;
            Ok(Pieces {
                define: quote!(.attribute(#expression)),
                read: quote!(#ident: fields.attribute(#name)),
                write: quote! {
                    [(#name.to_owned(), <#ty as ::coffer_plugin::AttributeType>::to_cty(&self.#ident))]
                },
                null: quote!(#ident: ::coffer_plugin::Value::Null),
                unknown: quote!(#ident: ::coffer_plugin::Value::Unknown),
            })
        }
        (None, Some(words)) => {
            let block::Definition {
                name,
                set,
                expression,
            } = block::define(field, words, default_name)?;
            let write = quote! {
                <#ty as ::coffer_plugin::schema::BlockField>::to_cty(&self.#ident)
            };
            let write = if set {
                quote!(#write.into_set())
            } else {
                write
            };
            Ok(Pieces {
                define: quote!(.nested(#expression)),
                read: quote!(#ident: fields.block(#name)),
                write: quote!([(#name.to_owned(), #write)]),
                null: quote!(#ident: <#ty as ::coffer_plugin::schema::BlockField>::none()),
                unknown: quote!(#ident: <#ty as ::coffer_plugin::schema::BlockField>::none()),
            })
        }
        (None, None) => Err(Error::new_spanned(
            field,
            "say what it is: #[attr(...)], #[block] or #[flatten]",
        )),
        (Some(_), Some(words)) => Err(Error::new_spanned(
            words,
            "a field is either an attribute or a block",
        )),
    }
}

/// The words of `#[model(...)]` as calls on the block.
fn struct_rules(input: &DeriveInput) -> Result<Vec<TokenStream>> {
    let mut rules = Vec::new();
    for words in input
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("model"))
    {
        words.parse_nested_meta(|meta| {
            let word = meta.path.require_ident()?.to_string();
            let constraint = match word.as_str() {
                "deprecated" => {
                    let message = text(&meta)?;
                    rules.push(quote!(.deprecated(#message)));
                    return Ok(());
                }
                "conflicts" => quote!(Conflicts),
                "exactly_one_of" => quote!(ExactlyOneOf),
                "at_least_one_of" => quote!(AtLeastOneOf),
                "required_together" => quote!(RequiredTogether),
                _ => return Err(meta.error(format!("there is no model word {word}"))),
            };
            let content;
            syn::parenthesized!(content in meta.input);
            let names = Punctuated::<LitStr, Token![,]>::parse_terminated(&content)?;
            let names = names.iter();
            rules.push(quote! {
                .constraint(::coffer_plugin::schema::Constraint::#constraint(&[#(#names),*]))
            });
            Ok(())
        })?;
    }
    Ok(rules)
}
