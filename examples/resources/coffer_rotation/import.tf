import {
  to = coffer_rotation.db
  id = "prod/db"
}
