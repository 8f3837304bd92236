//! Doc comments as descriptions.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// The doc comment as an expression of type `&'static str`. `#[doc = include_str!("...")]` works, too.
pub(crate) fn description(attributes: &[Attribute]) -> TokenStream {
    let mut text = String::new();
    let mut pieces: Vec<TokenStream> = Vec::new();
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc"))
    {
        let Meta::NameValue(meta) = &attribute.meta else {
            continue;
        };
        match &meta.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(line),
                ..
            }) => {
                if !text.is_empty() {
                    text.push('\n');
                }
                let line = line.value();
                text.push_str(line.strip_prefix(' ').unwrap_or(&line).trim_end());
            }
            other => {
                if !text.is_empty() {
                    text.push('\n');
                }
                let before = std::mem::take(&mut text);
                pieces.push(quote!(#before, #other));
                text.push('\n');
            }
        }
    }
    let rest = text.trim();
    quote!(::core::concat!(#(#pieces,)* #rest))
}
