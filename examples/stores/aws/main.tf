# Credentials are found where every tool of AWS finds them; the role is taken with them.
provider "coffer" {
  aws {
    region = "eu-central-1"

    assume_role {
      role_arn     = "arn:aws:iam::123456789012:role/secrets"
      session_name = "terraform"
    }
  }
}

resource "coffer_secret" "db" {
  name = "prod/db"
  generate { length = 32 }
}
