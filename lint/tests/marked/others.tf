provider "aws" {
  access_key = "AKIAQWERTYUIOPASDF78" # <- secret
  secret_key = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEYz1" # <- secret
}
provider "aws" {
  alias      = "localstack"
  access_key = "test"
  secret_key = "test"
}
provider "aws" {
  alias      = "mock"
  access_key = "mock_access_key"
  secret_key = "mock_secret_key"
}
provider "datadog" {
  api_key = "0f1e2d3c4b5a69788796a5b4c3d2e1f0" # <- secret
  app_key = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c" # <- secret
}
provider "cloudflare" { 
  api_token = "1234567890abcdef1234567890abcdef12345678" # <- secret
  email     = "a@b.c"
}
provider "vault" {
  address = "https://v"
}
provider "postgresql" { password = "pgPr0v" } # <- secret
provider "mysql" {
  endpoint = "x:3306"
  username = "root"
  password = "root" # <- secret
}
provider "grafana" { auth = "admin:graf4naPw" } # <- secret
provider "alicloud" {
  secret_key = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5" # <- secret
}
provider "openstack" { password = "0penStack" } # <- secret
provider "okta" { api_token = "00abcDEF1234567890ghiJKL1234567890mnoPQR12" } # <- secret
provider "pagerduty" { token = "p4ger_Duty_T0ken_x1" } # <- secret
provider "docker" {
  registry_auth {
    address  = "r.io"
    username = "bot"
    password = "d0ckRegAuth" # <- secret
  }
}
provider "mongodbatlas" {
  public_key  = "abcdefgh"
  private_key = "12345678-1234-1234-1234-123456789abc" # <- secret
}
provider "vsphere" { password = var.p }
resource "vault_generic_secret" "a" {
  path      = "secret/foo"
  data_json = jsonencode({ foo = "bar", pizza = "cheese", password = "v4ultGen" }) # <- secret
}
resource "vault_kv_secret_v2" "b" {
  data_json = jsonencode({ api_token = "v4ultKv2Tok" }) # <- secret
}
resource "github_actions_secret" "c" {
  secret_name     = "DEPLOY"
  plaintext_value = "gh4ctionsS" # <- secret
}
resource "gitlab_project_variable" "d" {
  key   = "DEPLOY_TOKEN"
  value = "glV4riableTok3n" # <- secret
}
resource "postgresql_role" "e" {
  name     = "app"
  password = "mypass" # <- secret
}
resource "mysql_user" "f" { plaintext_password = "mysqlPw" } # <- secret
resource "rabbitmq_user" "g" { password = "foobar" } # <- secret
resource "null_resource" "h" {
  provisioner "remote-exec" {
    inline = [
      "echo 'ubuntu:prov1sion' | sudo chpasswd", # <- secret
      "mysql -u root -pr00tProv -e 'select 1'", # <- secret
      "export TOKEN=$(cat /tmp/token)",
    ]
    connection {
      user        = "ubuntu"
      private_key = file("~/.ssh/id_rsa")
      password    = "c0nnPw" # <- secret
    }
  }
  provisioner "local-exec" {
    command = "curl -u user:loc4lExec https://x"  # <- secret
    environment = { DB_PASSWORD = "l0calEnv" } # <- secret
  }
}
resource "local_file" "i" {
  content = "password: ${var.pw}\nuser: x\n"
}
resource "auth0_connection" "j" {
  options { 
    client_secret = "Conn3ctionSecretX" # <- secret
  }
}
resource "tls_private_key" "k" { algorithm = "RSA" }
resource "random_password" "l" { length = 16 }
resource "docker_container" "m" {
  env = ["MYSQL_ROOT_PASSWORD=d0ckEnv", "TZ=UTC"] # <- secret
}
resource "consul_keys" "n" {
  key { 
    path  = "app/db_password"
    value = "c0nsulPw" # <- secret
  }
}
resource "datadog_integration_pagerduty" "o" { api_token = "38457822378273432587230000001" } # <- secret
resource "twilio_x" "p" { auth_token = "f0e1d2c3b4a59687786950413223140f" } # <- secret
resource "snowflake_user" "q" { password = "sn0wfl4ke" } # <- secret
resource "keycloak_user" "r" {
  initial_password { 
    value     = "keycl0akPw" # <- secret
    temporary = true
  }
}
resource "alicloud_db_account" "s" { account_password = "AliDb5678" } # <- secret
resource "tencentcloud_instance" "t" { password = "t3ncentPw" } # <- secret
resource "huaweicloud_rds_instance" "u" { 
  db { 
    password = "Hu4weiDb!9" # <- secret
  }
}
resource "oci_database_db_system" "v" { 
  db_home { 
    database { 
      admin_password = "Or4cle_#db" # <- secret
    } 
  } 
}
resource "digitalocean_droplet" "w" { ssh_keys = ["12:34:56:78:90:ab:cd:ef"] }
resource "linode_instance" "x" { root_pass = "r00tLin0de" } # <- secret
resource "scaleway_rdb_instance" "y" { password = "rdb_P4ss&word" } # <- secret
resource "ibm_database" "z" { adminpassword = "passw0rd12" } # <- secret
module "db" {
  source   = "terraform-aws-modules/rds/aws"
  password = "YourValueShouldBeLongAndHard!" # <- secret
  username = "user"
  port     = "3306"
  create_random_password = false
  master_user_secret_kms_key_id = "1234abcd-12ab-34cd-56ef-1234567890ab"
}
module "x" {
  source      = "./x"
  secret_name = "prod/db"
  token_name  = "deploy-token"
  db_password = var.db_password
}
output "pw" { value = "0utputPw9" } # <- secret
data "http" "h" {
  url = "https://api.example.com?api_key=9f8e7d6c5b4a392817061a2b3c4d" # <- secret
  request_headers = { "X-Api-Key" = "9f8e7d6c5b4a392817061a2b3c4d" } # <- secret
}
terraform {
  backend "s3" {
    bucket     = "b"
    key        = "state/prod.tfstate"
    access_key = "AKIAQWERTYUIOPASDF90" # <- secret
    secret_key = "zJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEYz2" # <- secret
  }
}
terraform {
}
terraform {
  backend "azurerm" {
    access_key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnop123456A=="  # <- secret
    key        = "prod.terraform.tfstate"
  }
}
terraform {
  backend "http" {
    address  = "http://x"
    password = "httpB4ckend" # <- secret
  }
}
