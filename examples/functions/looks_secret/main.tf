variable "user_data" {
  description = "A script for the first start of a machine. It is stored in clear."
  type        = string
  default     = "apt-get install --yes nginx"

  validation {
    condition     = !provider::coffer::looks_secret(var.user_data).secret
    error_message = "The script holds a secret. Have the machine read it from the vault when it starts."
  }
}
