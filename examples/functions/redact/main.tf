variable "db_url" {
  type      = string
  sensitive = true
  default   = "postgres://app:kT7vR2mQ9x@db.internal/app"
}

# "postgres://app:********@db.internal/app"
output "redact" {
  value = nonsensitive(provider::coffer::redact(var.db_url))
}
