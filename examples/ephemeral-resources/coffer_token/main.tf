resource "coffer_secret" "db" {
  name = "prod/db"

  generate {
    length = 32
  }
}

# Valid for this run alone: it is revoked when the run ends, however it ends.
ephemeral "coffer_token" "reader" {
  scopes = [""]
  label  = "reader of prod"

  rule {
    path         = "prod/*"
    capabilities = ["read"]
  }
}

# What uses this provider can read the secrets below prod/ and nothing else.
provider "coffer" {
  alias = "limited"

  local {
    path  = "vault.db"
    token = ephemeral.coffer_token.reader.client_token
  }
}

ephemeral "coffer_secret" "db" {
  provider = coffer.limited
  name     = coffer_secret.db.name
  version  = coffer_secret.db.version
}
