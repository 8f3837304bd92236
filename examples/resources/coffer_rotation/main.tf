resource "coffer_rotation" "db" {
  name         = "prod/db"
  rotate_after = "30d"

  generate {
    length = 32
  }
}

# The version is the edge: where a rotation is due, the plan shows a new one here and at every consumer.
ephemeral "coffer_secret" "db" {
  name    = coffer_rotation.db.name
  version = coffer_rotation.db.version
}

# Any write-only argument of any provider takes the value; here it is another secret of the same vault.
resource "coffer_secret" "app" {
  name             = "app/db-password"
  value_wo         = ephemeral.coffer_secret.db.value
  value_wo_version = coffer_rotation.db.version
}
