//! Derive macros of coffer-plugin. Use them through that crate, which documents them.
#![forbid(unsafe_code)]

mod arguments;
mod attribute;
mod block;
mod docs;
mod identity;
mod model;
mod object;
mod structure;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Makes a struct a `Model`: the typed configuration and state of a resource, a data source, an ephemeral
/// resource, an action, a list block, a provider block or a nested block.
///
/// Doc comments become the Markdown descriptions. Each field is an attribute or a nested block.
///
/// `#[attr(...)]`, on a field of type `Value<T>`:
///
/// | word | meaning |
/// | --- | --- |
/// | `required`, `optional`, `computed`, `optional, computed` | who gives the value |
/// | `sensitive` | Terraform hides it in its output |
/// | `write_only` | handed over by the configuration, never stored; managed resources only |
/// | `deprecated = "..."` | why, and what to use instead; a warning where it is set |
/// | `default = expr` | the value where the configuration gives none (implies `optional, computed`) |
/// | `validate = expr`, `validate(expr, ...)` | rules `Fn(&T) -> Result<(), impl Display>` for known values (`Fn(&str)` for a `String`) |
/// | `requires_replace` | a change replaces the resource |
/// | `requires_replace_if_configured` | a change that the configuration makes replaces it |
/// | `use_state_for_unknown` | keeps its stored value when something else changes |
/// | `prefer = "name"` | warns that the write-only attribute `name` is the better choice |
/// | `name = "..."` | the name in Terraform, if it is not the field's |
///
/// `#[block(...)]`, on a field of type `Option<M>`, `Vec<M>` or `BTreeMap<String, M>`: `required`, `min = n`,
/// `max = n`, `set` (for a `Vec`), `name = "..."`.
///
/// `#[flatten]`, on a field of a type that is a `Model`: its attributes and blocks stand among those of this struct.
///
/// `#[model(...)]`, on the struct: `deprecated = "..."`, and any number of `conflicts("a", "b")`,
/// `exactly_one_of("a", "b")`, `at_least_one_of("a", "b")`, `required_together("a", "b")`.
#[proc_macro_derive(Model, attributes(model, attr, block, flatten))]
pub fn derive_model(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    model::expand(&input)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// Makes a struct an `AttributeType`: an object with the fields as attributes, for use inside `Value<...>`.
/// Each field is an `AttributeType`; `Option<T>` takes null, `Value<T>` takes null and unknown.
/// `#[object(name = "...")]` on a field renames it.
#[proc_macro_derive(ObjectType, attributes(object))]
pub fn derive_object_type(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    object::expand(&input)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// Makes a struct the `Arguments` of a function. Doc comments become descriptions; the fields are the parameters
/// in order. A field of type `Option<T>` takes null; `#[arg(null)]` says so for any other type that does.
/// `#[arg(unknown)]` has unknown values passed on (use `Value<T>`); `#[arg(variadic)]` on a last `Vec<T>` takes
/// the rest; `#[arg(name = "...")]` renames.
#[proc_macro_derive(Arguments, attributes(arg))]
pub fn derive_arguments(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    arguments::expand(&input)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// Makes a struct an `IdentityModel`. Each field is an `AttributeType`; doc comments become descriptions.
/// `#[identity(optional)]` on a field: an import need not give it (use `Option<T>`). `#[identity(version = n)]`
/// on the struct counts changes of shape.
#[proc_macro_derive(Identity, attributes(identity))]
pub fn derive_identity(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    identity::expand(&input)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}
