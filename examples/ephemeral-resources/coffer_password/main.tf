ephemeral "coffer_password" "admin" {
  length            = 24
  exclude_ambiguous = true
  min_special       = 2
}

# Each run makes another password; the version says when it is to be stored.
resource "coffer_secret" "admin" {
  name             = "prod/admin"
  value_wo         = ephemeral.coffer_password.admin.result
  value_wo_version = 1
}
