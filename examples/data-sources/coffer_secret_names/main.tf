data "coffer_secret_names" "prod" {
  prefix = "prod/"
}

# Names are no secrets, so they may stand in for_each; the values stay inside.
ephemeral "coffer_secret" "prod" {
  for_each = toset(data.coffer_secret_names.prod.names)
  name     = each.value
}
