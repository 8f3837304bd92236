resource "coffer_access" "runner" {
  name          = "runner"
  scopes        = [""]
  ttl           = "15m"
  secret_id_ttl = "10m"

  rule {
    path         = "prod/app/*"
    capabilities = ["read"]
  }
}

output "role_id" {
  value = coffer_access.runner.role_id
}
