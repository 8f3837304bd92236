variable "passphrase" {
  type      = string
  sensitive = true
  default   = "vQ9-mR2-xL7-kP4-tZ6"

  validation {
    condition     = nonsensitive(provider::coffer::entropy_bits(var.passphrase)) >= 64
    error_message = "The passphrase is too easy to guess."
  }
}
