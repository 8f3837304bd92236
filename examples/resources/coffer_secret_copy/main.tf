resource "coffer_secret" "db" {
  name = "prod/db"

  generate {
    length = 32
  }
}

# The copy follows its source; the value goes from secret to secret and never through Terraform's state.
resource "coffer_secret_copy" "db" {
  name   = "team/db"
  source = coffer_secret.db.name
}
