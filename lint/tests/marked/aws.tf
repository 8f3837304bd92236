variable "db_password" {
  type    = string
  default = "changeme123" # <- secret
}
variable "password" {
  type    = string
  default = "" 
}
variable "api_key" {
  type    = string
  default = "dummy"
}
variable "secret_name" {
  default = "my-app-secret"
}
variable "db_creds" {
  type = object({ username = string, password = string })
  default = {
    username = "admin"
    password = "Sup3r5ecret" # <- secret
  }
}
variable "token_ttl" { default = "3600" }
variable "ssh_key" {
  default = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7 me@host"
}
variable "key_pair" { default = "my-keypair" }
variable "users" {
  default = [
    { name = "a", password = "p4ssA123" }, # <- secret
    { name = "b", pw = "p4ssB123" }, # <- secret
  ]
}
locals {
  db_password      = "L0calPass!" # <- secret
  password_length  = 16
  secret_arn       = "arn:aws:secretsmanager:us-east-1:123456789012:secret:x"
  token            = data.aws_eks_cluster_auth.this.token
  api_secret_path  = "/app/api/secret"
  oauth_secret     = "a8Fd93kLmQ02xZvB7yTn" # <- secret
  tags             = { password_rotation = "enabled", Secret = "no" }
  kms_key_alias    = "alias/app-key"
  private_key_file = "~/.ssh/id_rsa"
  secrets          = ["db-password", "api-token"]
  secret_keys      = { DB_PASSWORD = "db/password", API_TOKEN = "api/token" }
}
resource "aws_db_instance" "a" {
  username = "admin"
  password = "lettersonly" # <- secret
}
resource "aws_db_instance" "b" {
  password = var.db_password
}
resource "aws_db_instance" "c" {
  password = "YOUR_PASSWORD"
}
resource "aws_db_instance" "d" {
  password = "plain-words-there9" # <- secret
}
resource "aws_rds_cluster" "e" {
  master_password = "clusterpw12" # <- secret
}
resource "aws_rds_cluster" "f" {
  master_password = "lowercaseletters" # <- secret
}
resource "aws_docdb_cluster" "g" {
  master_password = sensitive("docDbPw12") # <- secret
}
resource "aws_elasticache_replication_group" "h" {
  auth_token = "abcdefgh1234567890" # <- secret
}
resource "aws_mq_broker" "i" {
  user {
    username = "ExampleUser"
    password = "QueueUser" # <- secret
  }
}
resource "aws_directory_service_directory" "j" {
  password = "Direct0ryPw" # <- secret
  type     = "MicrosoftAD"
}
resource "aws_dms_endpoint" "k" {
  password = "test" # <- secret
  username = "test"
}
resource "aws_iam_user_login_profile" "l" {
  password_length = 20
}
resource "aws_cognito_identity_provider" "m" {
  provider_details = {
    client_id     = "your client_id"
    client_secret = "your client_secret"
  }
}
resource "aws_lambda_function" "n" {
  environment {
    variables = {
      DB_PASS    = "envPass1" # <- secret
      API_TOKEN  = var.token
      SECRET_ID  = "prod/app"
      BUCKET_KEY = "a/b/c.txt"
      DATABASE_URL = "postgres://u:pgPw9x@h/db" # <- secret
    }
  }
}
resource "aws_instance" "o" {
  user_data = <<EOF
#!/bin/bash
DB_PASSWORD="us3rD4taPw" # <- secret
export ADMIN_TOKEN=${var.token}
MYSQL_PWD=r00tmysql mysql -u root # <- secret
useradd -p $(openssl passwd -1 useraddPw9) bob # <- secret
curl -H "Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U" https://api # <- secret
curl -u elastic:el4sticPw http://es:9200 # <- secret
EOF
  get_password_data = true
  key_name          = "deployer-key"
}
resource "aws_ssm_parameter" "p" {
  name  = "/db/password"
  type  = "SecureString"
  value = "placeholder"
  lifecycle { ignore_changes = [value] }
}
resource "aws_ssm_parameter" "q" {
  name  = "/db/host"
  type  = "String"
  value = "db.example.com"
}
resource "aws_ssm_parameter" "q2" {
  name  = "license"
  type  = "SecureString"
  value = "9XK2-PPQ1-77ZA-LM40" # <- secret
}
resource "aws_secretsmanager_secret_version" "r" {
  secret_string = "s3cretString" # <- secret
}
resource "aws_secretsmanager_secret_version" "s" {
  secret_string = jsonencode({ username = "app", host = "db", password = random_password.x.result })
}
resource "aws_codebuild_source_credential" "t" {
  auth_type   = "PERSONAL_ACCESS_TOKEN"
  server_type = "GITHUB"
  token       = "ghTok3n99" # <- secret
}
resource "aws_codepipeline" "u" {
  stage {
    action {
      configuration = {
        Owner      = "my-organization"
        OAuthToken = "pipel1neTok3nAbc" # <- secret
      }
    }
  }
}
resource "aws_transfer_ssh_key" "v" {
  body = "ssh-rsa AAAAB3NzaC1yc2E"
}
resource "aws_cloudfront_public_key" "w" {
  encoded_key = file("public_key.pem")
}
resource "aws_batch_job_definition" "x" {
  container_properties = jsonencode({
    environment = [{ name = "PASSWORD", value = "b4tchPw" }] # <- secret
    secrets     = [{ name = "TOKEN", valueFrom = "arn:aws:ssm:x" }]
  })
}
resource "aws_amplify_app" "y" {
  basic_auth_credentials = base64encode("username1:password1") # <- secret
}
resource "aws_opensearch_domain" "z" {
  advanced_security_options {
    master_user_options {
      master_user_name     = "admin"
      master_user_password = "Se4rchM4ster!" # <- secret
    }
  }
}
resource "aws_kinesis_firehose_delivery_stream" "aa" {
  splunk_configuration {
    hec_token = "0a1b2c3d-1111-2222-3333-444455556666" # <- secret
  }
  redshift_configuration {
    password = "R3dsh1ft" # <- secret
  }
}
resource "aws_storagegateway_gateway" "ab" {
  smb_active_directory_settings { password = "gateway-pl4in" } # <- secret
  smb_guest_password = "gu3stPw" # <- secret
}
resource "aws_appsync_api_key" "ac" { api_id = "x" }
resource "aws_api_gateway_api_key" "ad" {
  name  = "demo"
  value = "demoKeyValue1234567890" # <- secret
}
resource "aws_iam_access_key" "ae" { user = "u" }
resource "aws_workspaces_directory" "af" { directory_id = "d-1234567890" }
resource "aws_quicksight_data_source" "ag" {
  credentials { 
    credential_pair {
      username = "u"
      password = "qu1ckPw" # <- secret
    }
  }
}
resource "aws_memorydb_user" "ah" {
  authentication_mode {
    type      = "password"
    passwords = ["mem0ryDbPassw0rd1"] # <- secret
  }
}
resource "aws_elasticache_user" "ai" {
  passwords = ["password123456789"] # <- secret
}
resource "aws_lightsail_database" "aj" {
  master_password = "smalldatabasepw" # <- secret
}
resource "aws_fsx_ontap_file_system" "ak" { fsx_admin_password = "fsxAdm1n!" } # <- secret
resource "aws_grafana_workspace" "al" { name = "x" }
resource "aws_pinpoint_gcm_channel" "am" { api_key = "api_key" }
resource "aws_redshiftserverless_namespace" "an" { admin_user_password = "Redsh1ftS" } # <- secret
