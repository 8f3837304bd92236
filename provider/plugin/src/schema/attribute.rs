//! One attribute: its type, and all that the SDK does for it.

use std::fmt;
use std::sync::Arc;

use crate::attribute_type::AttributeType;
use crate::cty::{Cty, CtyType};
use crate::value::Value;

/// Who gives an attribute its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Presence {
    /// The configuration, always.
    Required,
    /// The configuration, or nobody.
    Optional,
    /// The provider.
    Computed,
    /// The configuration, otherwise the provider.
    OptionalComputed,
}

impl Presence {
    /// Whether a configuration may set it.
    #[must_use]
    pub fn is_configurable(self) -> bool {
        self != Self::Computed
    }

    /// Whether the provider may set it.
    #[must_use]
    pub fn is_computed(self) -> bool {
        matches!(self, Self::Computed | Self::OptionalComputed)
    }
}

/// When a change of an attribute replaces the whole resource.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Replace {
    /// Never: it is updated in place.
    #[default]
    Never,
    /// Whenever its planned value differs from the stored one.
    OnChange,
    /// When it differs and the configuration sets it.
    OnConfiguredChange,
}

/// A rule for the known values of one attribute. The error says what is expected and never repeats the value.
pub type Validator = Arc<dyn Fn(&Cty) -> Result<(), String> + Send + Sync>;

/// One attribute.
#[derive(Clone)]
pub struct Attribute {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub ty: CtyType,
    /// What it is, in Markdown.
    pub description: &'static str,
    /// Who gives the value.
    pub presence: Presence,
    /// Whether Terraform hides it in its output.
    pub sensitive: bool,
    /// Whether it is handed over and never stored.
    pub write_only: bool,
    /// Why it is deprecated and what to use instead.
    pub deprecated: Option<&'static str>,
    /// When its change replaces the resource.
    pub replace: Replace,
    /// Whether it keeps its stored value in a plan that changes something else.
    pub use_state_for_unknown: bool,
    /// Its value where the configuration gives none.
    pub default: Option<Cty>,
    /// The write-only attribute to use instead.
    pub prefer: Option<&'static str>,
    /// The rules for its values.
    pub validators: Vec<Validator>,
    pub(crate) means_the_same: fn(&Cty, &Cty) -> bool,
}

impl fmt::Debug for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attribute")
            .field("name", &self.name)
            .field("ty", &self.ty)
            .field("presence", &self.presence)
            .field("sensitive", &self.sensitive)
            .field("write_only", &self.write_only)
            .finish_non_exhaustive()
    }
}

/// The type of a field that is an attribute: always a [`Value`].
#[diagnostic::on_unimplemented(
    message = "a field with #[attr(...)] must be a `Value<T>`",
    label = "wrap this type in `Value<...>`: any attribute can be null, and unknown while planning"
)]
pub trait AttributeField {
    /// What the value is made of.
    type Inner: AttributeType;
}

impl<T: AttributeType> AttributeField for Value<T> {
    type Inner = T;
}

impl Attribute {
    /// An optional attribute for a field of type `F`.
    #[must_use]
    pub fn new<F: AttributeField>(name: &'static str) -> Self {
        Self {
            name,
            ty: F::Inner::cty_type(),
            description: "",
            presence: Presence::Optional,
            sensitive: false,
            write_only: false,
            deprecated: None,
            replace: Replace::Never,
            use_state_for_unknown: false,
            default: None,
            prefer: None,
            validators: Vec::new(),
            means_the_same: F::Inner::means_the_same,
        }
    }

    /// With this default.
    #[must_use]
    pub fn default_value<F: AttributeField>(mut self, default: impl Into<F::Inner>) -> Self {
        self.default = Some(default.into().to_cty());
        self
    }

    /// With one more rule for its values.
    #[must_use]
    pub fn validator<F: AttributeField, E: fmt::Display>(
        mut self,
        rule: impl Fn(&F::Inner) -> Result<(), E> + Send + Sync + 'static,
    ) -> Self {
        self.validators.push(Arc::new(move |value: &Cty| {
            match F::Inner::from_cty(value.clone()) {
                Ok(value) => rule(&value).map_err(|error| error.to_string()),
                // Decoding reports what is malformed; what is unknown is judged later.
                Err(_) => Ok(()),
            }
        }));
        self
    }
}
