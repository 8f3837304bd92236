variable "fingerprint_key" {
  type      = string
  sensitive = true
  default   = "a key for the example"
}

variable "token" {
  type      = string
  sensitive = true
  default   = "a token for the example"
}

# Sixteen hexadecimal digits by which two configurations can tell whether they have the same token.
output "fingerprint" {
  value = nonsensitive(provider::coffer::fingerprint(var.fingerprint_key, var.token))
}
