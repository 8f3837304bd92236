variable "admin_password" {
  type      = string
  sensitive = true
  default   = "vQ9#mR2$xL7!kP4&"

  validation {
    condition = nonsensitive(provider::coffer::check_password(var.admin_password, {
      min_length         = 12
      min_special        = 1
      exclude_characters = "@/"
    }).ok)
    error_message = "The password needs 12 characters, one of them special, and no @ or /."
  }
}
