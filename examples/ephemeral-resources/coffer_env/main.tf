# Reads APP_TOKEN, or the file that APP_TOKEN_FILE names.
ephemeral "coffer_env" "token" {
  name = "APP_TOKEN"
}

# A value from a pipeline's environment, brought into the vault.
resource "coffer_secret" "token" {
  name     = "app/token"
  value_wo = ephemeral.coffer_env.token.value
}
