# Application default credentials, such as those of `gcloud auth application-default login`, act as the service account.
provider "coffer" {
  google {
    project                     = "shop-production"
    impersonate_service_account = "secrets@shop-production.iam.gserviceaccount.com"
  }
}

resource "coffer_secret" "db" {
  name = "prod/db"
  generate { length = 32 }
}
