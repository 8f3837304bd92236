import {
  to = coffer_secret.db
  id = "prod/db"
}
