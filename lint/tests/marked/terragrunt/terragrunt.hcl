remote_state {
  backend = "s3"
  config = {
    bucket     = "b"
    key        = "${path_relative_to_include()}/terraform.tfstate"
    access_key = "AKIAQWERTYUIOPASDF00" # <- secret
    secret_key = "yJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEYz3" # <- secret
  }
}
generate "provider" {
  path     = "provider.tf"
  contents = <<EOF
provider "aws" {
  region     = "eu-west-1"
  access_key = "AKIAQWERTYUIOPASDF11" # <- secret
  secret_key = "${get_env("X")}"
}
provider "postgresql" {
  password = "tgGenPw" # <- secret
}
EOF
}
locals {
  secrets = yamldecode(sops_decrypt_file("secrets.yaml"))
  db_password = "tgL0calPw" # <- secret
}
inputs = {
  master_password = local.secrets.pw
  api_token       = get_env("TOKEN", "defaultTok3n9x8y7z") # <- secret
  admin_password  = get_env("ADMIN_PW", "")
  db = { username = "u", password = "tgInputPw" } # <- secret
}
