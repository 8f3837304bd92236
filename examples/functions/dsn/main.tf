variable "db_password" {
  type      = string
  ephemeral = true
  default   = "p@ss/w:rd"
}

# "postgresql://app:p%40ss%2Fw%3Ard@db.internal:5432/app?sslmode=require", ephemeral as its password is.
locals {
  db_url = provider::coffer::dsn("postgresql", {
    host     = "db.internal"
    port     = 5432
    username = "app"
    password = var.db_password
    database = "app"
    options  = { sslmode = "require" }
  })
}
