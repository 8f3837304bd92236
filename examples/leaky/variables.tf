variable "region" {
  type    = string
  default = "eu-central-1"
}

variable "role_arn" {
  type = string
}

variable "ami" {
  type = string
}

variable "login" {
  type        = string
  description = "Looks harmless by its name, and ends up as the password of the database."
}
