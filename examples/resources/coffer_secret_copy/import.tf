import {
  to = coffer_secret_copy.db
  id = "team/db"
}
