resource "coffer_secret" "db" {
  name = "prod/db"

  generate {
    length = 32
  }
}

ephemeral "coffer_secret" "db" {
  name    = coffer_secret.db.name
  version = coffer_secret.db.version

  # Warns in the plan if the version is older.
  max_age = "90d"
}

# Any write-only argument of any provider takes the value, and so do provider blocks.
resource "coffer_secret" "dsn" {
  name = "prod/db-dsn"
  value_wo = provider::coffer::dsn("postgresql", {
    host     = "db.internal"
    username = "app"
    password = ephemeral.coffer_secret.db.value
  })
}
