data "coffer_policy_document" "app" {
  rule {
    path         = "prod/app/*"
    capabilities = ["read", "list"]
  }

  rule {
    path         = "prod/app/root"
    capabilities = ["deny"]
  }
}

# The same rules in the language of OpenBao, for the day the secrets move there.
output "openbao" {
  value = data.coffer_policy_document.app.openbao
}
