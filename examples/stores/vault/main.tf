variable "role_id" {
  type = string
}

variable "secret_id" {
  type      = string
  ephemeral = true
}

# Where the server is stands in BAO_ADDR or VAULT_ADDR, unless `address` says it. Without a login here, BAO_TOKEN,
# VAULT_TOKEN or the token that `bao login` left is used.
provider "coffer" {
  vault {
    mount     = "secret"
    token_ttl = "10m"

    auth_login_approle {
      role_id   = var.role_id
      secret_id = var.secret_id
    }
  }
}

resource "coffer_secret" "db" {
  name = "prod/db"
  generate { length = 32 }
}
