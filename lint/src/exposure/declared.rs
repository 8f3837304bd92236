//! What the other arguments of a block say of the value next to them: a SecureString, a name like `db/password`.

use crate::knowledge::names::{self, NameKind};

/// Whether the block says that its value is a secret; `value` tells the text of an argument.
pub(super) fn says_secret(kind: &str, label: &str, value: impl Fn(&str) -> String) -> bool {
    match kind {
        "aws_ssm_parameter" => {
            value("type") == "SecureString"
                || names::kind(&value("name")).is_some_and(|kind| kind >= NameKind::Token)
        }
        "azurerm_app_configuration_key"
        | "tfe_variable"
        | "gitlab_project_variable"
        | "gitlab_group_variable" => names::kind(&value("key")).is_some(),
        "azurerm_api_management_named_value" => names::kind(&value("name")).is_some(),
        "azurerm_automation_variable_string" => names::kind(&value("name")).is_some(),
        // Secret stores hold names of users and hosts as well.
        "azurerm_key_vault_secret" | "google_secret_manager_secret_version" => {
            !names::is_setting(label) && !names::is_setting(&value("name"))
        }
        _ => true,
    }
}

/// Arguments that the schema calls sensitive although most values are not: the block decides.
pub(super) fn is_judged_by_block(kind: &str, path: &str) -> bool {
    matches!(
        (kind, path),
        ("aws_ssm_parameter" | "azurerm_key_vault_secret", "value")
            | ("google_secret_manager_secret_version", "secret_data")
            | ("azurerm_app_configuration_key", "value")
            | ("azurerm_api_management_named_value", "value")
            | ("github_actions_variable", "value")
            | ("gitlab_project_variable" | "gitlab_group_variable", "value")
            | ("tfe_variable", "value")
    )
}
