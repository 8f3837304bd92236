resource "coffer_rotation" "db" {
  name         = "prod/db"
  rotate_after = "30d"
  promotion    = "deferred"

  generate {
    length = 32
  }
}

ephemeral "coffer_secret" "db" {
  name    = coffer_rotation.db.name
  version = coffer_rotation.db.version
}

resource "coffer_secret" "app" {
  name             = "app/db-password"
  value_wo         = ephemeral.coffer_secret.db.value
  value_wo_version = coffer_rotation.db.version
}

# The new version becomes the current one once all of its consumers have it, and not if one of them fails.
resource "coffer_rotation_promotion" "db" {
  name    = coffer_rotation.db.name
  version = coffer_rotation.db.version

  depends_on = [coffer_secret.app]
}
