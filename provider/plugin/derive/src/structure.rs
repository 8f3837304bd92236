//! The struct under a derive, and what all derives read from it.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::meta::ParseNestedMeta;
use syn::{Data, DeriveInput, Error, Field, Fields, LitStr, Result};

/// The named fields of a struct that is neither generic nor a tuple.
pub(crate) fn named_fields(input: &DeriveInput) -> Result<Vec<(&Ident, &Field)>> {
    if !input.generics.params.is_empty() {
        return Err(Error::new_spanned(
            &input.generics,
            "this derive takes no generic types",
        ));
    }
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => Ok(fields
                .named
                .iter()
                .filter_map(|field| field.ident.as_ref().map(|ident| (ident, field)))
                .collect()),
            Fields::Unit => Ok(Vec::new()),
            Fields::Unnamed(fields) => Err(Error::new_spanned(fields, "the fields need names")),
        },
        Data::Enum(_) | Data::Union(_) => Err(Error::new_spanned(
            &input.ident,
            "this derive is for structs",
        )),
    }
}

/// The name of a field as Terraform sees it, unless it is renamed.
pub(crate) fn terraform_name(ident: &Ident) -> String {
    ident.unraw().to_string()
}

/// The text of `key = "text"`.
pub(crate) fn text(meta: &ParseNestedMeta<'_>) -> Result<String> {
    Ok(meta.value()?.parse::<LitStr>()?.value())
}
