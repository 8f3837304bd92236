//! The rules. Each has a file of its own; [`RULES`] is the one registry.

pub mod credential;
pub mod finding;
mod templates;
mod terraform_blocks;
pub(crate) mod write_only_twin;

use finding::{Findings, Severity};
use serde::Serialize;

use crate::run::Run;

/// What a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// Credentials embedded in code.
    Credentials,
    /// Secrets on their way into state.
    State,
    /// A missing `sensitive`, `ephemeral` or `NoEcho`.
    Protection,
    /// Secrets that live too long or travel in plain text.
    Lifecycle,
    /// Suppressions that are not in order.
    Suppressions,
}

impl Family {
    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Credentials => "credentials",
            Self::State => "state",
            Self::Protection => "protection",
            Self::Lifecycle => "lifecycle",
            Self::Suppressions => "suppressions",
        }
    }
}

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// Its stable name; `docs/lint/rules/<id>.md` is its page.
    pub id: &'static str,
    /// What it is about.
    pub family: Family,
    /// How bad a finding is, where nothing makes it better.
    pub severity: Severity,
    /// What it finds, in one line.
    pub summary: &'static str,
    /// Its page.
    pub page: &'static str,
    /// Finds what it finds.
    pub check: fn(&Run<'_>, &mut Findings),
}

macro_rules! registry {
    ($($module:ident),* $(,)?) => {
        $(pub mod $module;)*
        /// All rules.
        pub static RULES: &[&Rule] = &[$(&$module::RULE),*];
    };
}

registry!(
    embedded_token,
    embedded_private_key,
    literal_in_secret_argument,
    literal_in_variable_default,
    literal_in_tfvars,
    literal_in_local,
    literal_in_module_input,
    literal_in_output,
    literal_in_named_argument,
    credential_in_provider,
    credential_in_backend,
    credential_in_connection,
    credential_in_module_source,
    password_in_connection_string,
    credential_in_header,
    secret_in_environment,
    secret_in_script,
    literal_in_parameter_default,
    literal_in_secret_property,
    secret_in_mapping,
    secret_in_metadata,
    secret_in_comment,
    secret_data_source,
    write_only_twin_unused,
    generated_secret_in_state,
    secret_in_output,
    secret_in_trigger,
    secret_in_local_file,
    secret_in_state_file,
    committed_secret_file,
    variable_without_sensitive,
    output_without_sensitive,
    nonsensitive_call,
    parameter_without_noecho,
    output_shows_secret,
    metadata_shows_secret,
    plain_ssm_reference,
    secret_without_rotation,
    unverified_transport,
    plain_transport,
    long_lived_key,
    unused_suppression,
    expired_suppression,
    unexplained_suppression,
);

/// Families, in the order of their weight.
pub const FAMILIES: &[Family] = &[
    Family::Credentials,
    Family::State,
    Family::Protection,
    Family::Lifecycle,
    Family::Suppressions,
];

/// Whether a name is that of a rule or of a family.
pub fn is_rule_or_family(name: &str) -> bool {
    FAMILIES.iter().any(|family| family.name() == name) || find(name).is_some()
}

impl Rule {
    /// Whether the rule is meant by a name: its own, or that of its family.
    pub fn is_called(&self, name: &str) -> bool {
        self.id == name || self.family.name() == name
    }
}

/// The rule with this name.
pub fn find(id: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.id == id)
}
