terraform {
  required_version = ">= 1.11"

  required_providers {
    coffer = {
      source = "coffer/coffer"
    }
  }
}

# The vault is one encrypted file: COFFER_VAULT_FILE=vault.db COFFER_KEY_FILE=vault.key coffer init
provider "coffer" {
  local {
    path     = "vault.db"
    key_file = "vault.key"
  }
}
