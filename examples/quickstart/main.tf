terraform {
  required_version = ">= 1.11"

  required_providers {
    coffer = {
      source = "coffer/coffer"
    }
  }
}

# Before the first run: COFFER_VAULT_FILE=vault.db COFFER_KEY_FILE=vault.key coffer init
provider "coffer" {
  local {
    path     = "vault.db"
    key_file = "vault.key"
  }
}

# The password is generated inside the vault. Terraform learns its name and version, never the value.
resource "coffer_secret" "db" {
  name = "prod/db"

  generate {
    length = 32
  }
}

# The value lives for the length of one run, and stands neither in the plan nor in the state.
ephemeral "coffer_secret" "db" {
  name    = coffer_secret.db.name
  version = coffer_secret.db.version
}

# Any write-only argument of any provider can take it; here it is another secret of the same vault.
resource "coffer_secret" "app" {
  name     = "app/db-password"
  value_wo = ephemeral.coffer_secret.db.value
}

output "version" {
  description = "The version of the password that is in use."
  value       = coffer_secret.db.version
}
