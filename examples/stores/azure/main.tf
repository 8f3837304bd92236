# Who logs in comes from the environment, as for the azurerm provider: ARM_TENANT_ID, ARM_CLIENT_ID, ARM_CLIENT_SECRET or
# ARM_OIDC_TOKEN_FILE_PATH; else the machine's identity, or `az login`.
provider "coffer" {
  azure {
    vault_url = "https://my-vault.vault.azure.net"
  }
}

resource "coffer_secret" "db" {
  name        = "prod/db"
  description = "the database"
  labels      = { team = "payments" }

  generate {
    length = 32
  }
}

resource "coffer_rotation" "db" {
  name         = coffer_secret.db.name
  rotate_after = "30d"

  generate {
    length = 32
  }
}
