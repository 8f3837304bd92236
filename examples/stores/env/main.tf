# Read-only. The secret `api/token` is the variable APP_API_TOKEN, or the file that APP_API_TOKEN_FILE names.
provider "coffer" {
  env {
    prefix = "APP_"
    allow  = ["APP_*"]
  }
}

ephemeral "coffer_secret" "token" {
  name = "api/token"
}
