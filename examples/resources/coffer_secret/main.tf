# Generated in the vault: Terraform never sees the value.
resource "coffer_secret" "db" {
  name        = "prod/db"
  description = "The application's database."

  generate {
    length           = 40
    override_special = "-_.~"
  }
}

# Handed over: the value stands in no state and no plan, and a changed one is noticed without a counter.
variable "api_token" {
  type      = string
  ephemeral = true
  default   = "an example of a token"
}

resource "coffer_secret" "api" {
  name     = "prod/api"
  value_wo = var.api_token
}
