resource "coffer_secret" "db" {
  name = "prod/db"

  generate {
    length = 32
  }
}

# Tells about the secret without reading it.
data "coffer_secret_metadata" "db" {
  name = coffer_secret.db.name
}

output "age_days" {
  description = "For how many days the current version has been current."
  value       = data.coffer_secret_metadata.db.age_days
}
