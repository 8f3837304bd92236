# One encrypted file, which several machines must not share: `coffer init` makes it. Without `key_file`, COFFER_KEY_FILE,
# COFFER_PASSPHRASE, COFFER_TOKEN or COFFER_TRANSIT_KEY opens it.
provider "coffer" {
  local {
    path     = "vault.db"
    key_file = "vault.key"
  }

  alerts {
    since = "7d"
  }
}

resource "coffer_secret" "db" {
  name = "prod/db"
  generate { length = 32 }
}
