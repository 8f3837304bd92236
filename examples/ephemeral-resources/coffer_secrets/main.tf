resource "coffer_secret" "service" {
  for_each = toset(["billing", "mail", "search"])
  name     = "services/${each.key}"

  generate {
    length = 32
  }
}

# One round trip, and one row of the audit trail, for all of them.
ephemeral "coffer_secrets" "services" {
  names = [for secret in coffer_secret.service : secret.name]
  after = join(",", [for secret in coffer_secret.service : secret.version])
}

resource "coffer_secret" "bundle" {
  name     = "deploy/services"
  value_wo = jsonencode(ephemeral.coffer_secrets.services.values)
}
