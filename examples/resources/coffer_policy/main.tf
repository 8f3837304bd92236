resource "coffer_policy" "deploy" {
  name = "deploy"

  rule {
    path         = "prod/*"
    capabilities = ["read", "list"]
  }
}
