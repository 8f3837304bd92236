//! `#[attr(...)]`: a field that is an attribute.

use proc_macro2::TokenStream;
use quote::quote;
use syn::punctuated::Punctuated;
use syn::{Error, Expr, Field, Result, Token, token};

use crate::docs::description;
use crate::structure::text;

#[derive(Default)]
struct Words {
    name: Option<String>,
    required: bool,
    optional: bool,
    computed: bool,
    sensitive: bool,
    write_only: bool,
    requires_replace: bool,
    requires_replace_if_configured: bool,
    use_state_for_unknown: bool,
    deprecated: Option<String>,
    prefer: Option<String>,
    default: Option<Expr>,
    validate: Vec<Expr>,
}

/// An attribute: its name and the expression that builds its definition.
pub(crate) struct Definition {
    pub(crate) name: String,
    pub(crate) expression: TokenStream,
}

pub(crate) fn define(
    field: &Field,
    attribute: &syn::Attribute,
    name: String,
) -> Result<Definition> {
    let words = parse(attribute)?;
    check(&words, attribute)?;
    let name = words.name.clone().unwrap_or(name);
    Ok(Definition {
        expression: expression(field, &words, &name),
        name,
    })
}

fn parse(attribute: &syn::Attribute) -> Result<Words> {
    let mut words = Words::default();
    attribute.parse_nested_meta(|meta| {
        let word = meta.path.require_ident()?.to_string();
        match word.as_str() {
            "required" => words.required = true,
            "optional" => words.optional = true,
            "computed" => words.computed = true,
            "sensitive" => words.sensitive = true,
            "write_only" => words.write_only = true,
            "requires_replace" => words.requires_replace = true,
            "requires_replace_if_configured" => words.requires_replace_if_configured = true,
            "use_state_for_unknown" => words.use_state_for_unknown = true,
            "name" => words.name = Some(text(&meta)?),
            "deprecated" => words.deprecated = Some(text(&meta)?),
            "prefer" => words.prefer = Some(text(&meta)?),
            "default" => {
                words.default = Some(meta.value()?.parse()?);
                words.optional = true;
                words.computed = true;
            }
            "validate" if meta.input.peek(token::Paren) => {
                let content;
                syn::parenthesized!(content in meta.input);
                let rules = Punctuated::<Expr, Token![,]>::parse_terminated(&content)?;
                words.validate.extend(rules);
            }
            "validate" => words.validate.push(meta.value()?.parse()?),
            _ => return Err(meta.error(format!("there is no attr word {word}"))),
        }
        Ok(())
    })?;
    Ok(words)
}

/// Terraform's own rules for schemas, told at compile time.
fn check(words: &Words, attribute: &syn::Attribute) -> Result<()> {
    let wrong = |text: &str| Err(Error::new_spanned(attribute, text));
    match (words.required, words.optional, words.computed) {
        (false, false, false) => {
            return wrong("say who gives the value: required, optional, computed");
        }
        (true, _, true) | (true, true, _) => {
            return wrong(
                "a required attribute is neither optional nor computed (nor has it a default)",
            );
        }
        _ => {}
    }
    if words.write_only && words.computed {
        return wrong("a write-only attribute is never computed (nor has it a default)");
    }
    if words.requires_replace && words.requires_replace_if_configured {
        return wrong("say either requires_replace or requires_replace_if_configured");
    }
    if words.use_state_for_unknown && !words.computed {
        return wrong("use_state_for_unknown is for computed attributes");
    }
    if !words.validate.is_empty() && words.computed && !words.optional {
        return wrong(
            "a configuration never sets this attribute, so validate has nothing to judge",
        );
    }
    Ok(())
}

fn expression(field: &Field, words: &Words, name: &str) -> TokenStream {
    let ty = &field.ty;
    let description = description(&field.attrs);
    let presence = match (words.required, words.optional, words.computed) {
        (true, _, _) => quote!(Required),
        (_, true, true) => quote!(OptionalComputed),
        (_, true, false) => quote!(Optional),
        _ => quote!(Computed),
    };
    let mut settings = vec![quote! {
        attribute.description = #description;
        attribute.presence = ::coffer_plugin::schema::Presence::#presence;
    }];
    if words.sensitive {
        settings.push(quote!(attribute.sensitive = true;));
    }
    if words.write_only {
        settings.push(quote!(attribute.write_only = true;));
    }
    if words.use_state_for_unknown {
        settings.push(quote!(attribute.use_state_for_unknown = true;));
    }
    if words.requires_replace {
        settings.push(quote!(attribute.replace = ::coffer_plugin::schema::Replace::OnChange;));
    }
    if words.requires_replace_if_configured {
        settings.push(
            quote!(attribute.replace = ::coffer_plugin::schema::Replace::OnConfiguredChange;),
        );
    }
    if let Some(message) = &words.deprecated {
        settings.push(quote!(attribute.deprecated = ::core::option::Option::Some(#message);));
    }
    if let Some(name) = &words.prefer {
        settings.push(quote!(attribute.prefer = ::core::option::Option::Some(#name);));
    }
    if let Some(default) = &words.default {
        settings.push(quote!(attribute = attribute.default_value::<#ty>(#default);));
    }
    for rule in &words.validate {
        // Called here rather than handed over, so that a rule for `&str` serves a `String`.
        settings.push(quote! {
            attribute = attribute.validator::<#ty, _>(
                |value: &<#ty as ::coffer_plugin::schema::AttributeField>::Inner| (#rule)(value)
            );
        });
    }
    quote!({
        let mut attribute = ::coffer_plugin::schema::Attribute::new::<#ty>(#name);
        #(#settings)*
        attribute
    })
}
