# prod/postgres holds a URL such as postgresql://admin:…@db.example.com:5432/app: coffer put prod/postgres
resource "coffer_database_role" "app" {
  name              = "app"
  connection_secret = "prod/postgres"
  default_ttl       = "15m"
  max_ttl           = "4h"

  creation_statements = [
    "CREATE ROLE \"{{name}}\" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'",
    "GRANT pg_read_all_data TO \"{{name}}\"",
  ]
}
