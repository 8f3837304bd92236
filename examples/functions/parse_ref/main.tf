variable "database_secret" {
  description = "Where the password is, such as aws:prod/db#password."
  type        = string
  default     = "local:prod/db#password"
}

locals {
  database_secret = provider::coffer::parse_ref(var.database_secret)
}

# "prod/db"
output "parse_ref" {
  value = local.database_secret.name
}
