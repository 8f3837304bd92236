# prod/postgres holds a URL such as postgresql://admin:…@db.example.com:5432/app: coffer put prod/postgres
resource "coffer_database_role" "app" {
  name              = "app"
  connection_secret = "prod/postgres"
  member_of         = ["pg_read_all_data"]
  default_ttl       = "15m"
}

# A login that is made for this run and taken away when the run ends, however it ends.
ephemeral "coffer_database_credential" "app" {
  role    = coffer_database_role.app.id
  open_on = "apply"
}

# What needs the database while Terraform runs, such as a migration.
resource "terraform_data" "migration" {
  triggers_replace = "1"

  provisioner "local-exec" {
    command = "test -n \"$DATABASE_URL\""

    environment = {
      DATABASE_URL = ephemeral.coffer_database_credential.app.dsn
    }
  }
}
