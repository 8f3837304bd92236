data "coffer_backend" "this" {}

check "the_vault_opens" {
  assert {
    condition     = data.coffer_backend.this.reachable
    error_message = "The vault cannot be opened: ${coalesce(data.coffer_backend.this.problem, "unknown")}"
  }
}
