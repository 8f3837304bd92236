variable "password_length" { default = 24 }
variable "key_name" { default = "prod-key-2024" }
variable "secret_name" { default = "prod/App1/Db2" }
variable "ssh_key_path" { default = "~/.ssh/id_ed25519" }
variable "api_key_parameter" { default = "/prod/api-key1" }
variable "password" {
  description = "The password, for example MyS3cretPass!"
  type        = string
  sensitive   = true
  validation {
    condition     = can(regex("^[A-Za-z0-9]{8,}$", var.password))
    error_message = "Password must match [A-Za-z0-9]{8,}, like Abcd1234."
  }
}
variable "kms_key_arn" { default = null }
variable "client_secret" { default = "" }
variable "token" { default = "none" }
variable "admin_password" { default = "CHANGE_ME" }
variable "db_password" { default = "${var.x}" }
variable "public_key" { default = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC0 x" }
variable "access_key_id" { default = "" }
variable "tags" { default = { "secret-manager" = "enabled1", "key" = "value1", Token = "no1" } }
variable "settings" {
  type = object({ password = optional(string, null), token = optional(string) })
}
variable "helm_values" {
  default = { "auth.existingSecret" = "redis-secret1", "auth.secretKey" = "redis-password" }
}
locals {
  secret_name       = "${var.env}-db-secret1"
  token_url         = "https://login.example.com/oauth2/v2.0/token"
  password_key      = "db_password1"
  secret_arns       = [for s in var.secrets : s.arn]
  user_data_hash    = "5d41402abc4b2a76b9719d911017c592"
  key_vault_id      = "/subscriptions/0a1b2c3d-1111-2222-3333-444455556666/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv1"
  api_key           = data.aws_ssm_parameter.k.value
  kubeconfig_token  = "${data.x.token}"
  secret_version    = "v2"
  access_tokens_ttl = "24h"
  private_key       = tls_private_key.x.private_key_pem
  credentials       = file("sa.json")
  password_hash     = "$2b$12$KIXQ1h1Jq1y3e1Zy1q1ZxeZ1Zx1Zx1Zx1Zx1Zx1Zx1Zx1Zx1Zx1Zx"
  hmac_key_id       = "GOOG1EXAMPLEKEYID1"
  key               = "a1b2c3d4e5f6"
  auth_method       = "userpass1"
  secret_engine     = "kv-v2"
  database_secret   = "database-secret-prod1"
  ghcr_token_name   = "GHCR_TOKEN1"
  zone_key          = "Z2FDTNDATAQYW2"
  oidc_thumbprint   = "6938fd4d98bab03faadb97b34396831e3780aea1"
  certificate       = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"
  token_reviewer    = "system:serviceaccount:kube-system:token-reviewer1"
}
resource "aws_secretsmanager_secret" "a" { name = "prod/db/password1" }
resource "aws_ssm_parameter" "b" {
  name  = "/app/db/password"
  type  = "SecureString"
  value = random_password.x.result
}
resource "aws_ssm_parameter" "b2" {
  name  = "/app/ami/id"
  type  = "String"
  value = "ami-0a1b2c3d4e5f67890"
}
resource "aws_ssm_parameter" "b3" {
  name  = "/app/key_arn"
  type  = "SecureString"
  value = aws_kms_key.k.arn
}
resource "aws_key_pair" "c" {
  key_name   = "deployer1"
  public_key = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQD3F6tyPEFEzV0LX3X8BsXdMsQz1x2cEikKDEY0aIj41qgxMCP/iteneqXSIFZBp5vizPvaoIR3Um9xK7PGoW8giupGn+EPuxIA4cDM4vzOqOkiMPhz5XK0whEjkVzTo4+S0puvDZuwIsdiW9mxhJc7tgBNL0cYlWSYVkz4G/fslNfRPW5mYAM49f4fhtxPb5ok4Q2Lg9dPKVHO/Bgeu5woMc7RY0p1ej6D4CKFE6lymSDJpW0YHX/wqE9+cfEauh7xZcG0q9t2ta6F6fmX0agvpFyZo8aFbXeUBr7osSCJNgvavWbM/06niWrOvYX2xwWdhXmXSrbX8ZbabVohBK41 email@example.com"
}
resource "aws_iam_user_login_profile" "d" { pgp_key = "keybase:some_person1" }
resource "aws_cognito_user_pool" "e" {
  password_policy { 
    minimum_length                   = 12
    temporary_password_validity_days = 7
  }
}
resource "aws_lambda_function" "f" {
  source_code_hash = "3fZ1uYkqI5m0hG2o8tq5r6O2p9d7WcV1xkS4bN0aLQE="
  s3_key           = "builds/9f86d081884c7d65.zip"
  environment {
    variables = {
      SECRET_ARN   = aws_secretsmanager_secret.a.arn
      TOKEN_BUCKET = "tokens-prod1"
      PRIVATE_KEY_PATH = "/opt/keys/private1.pem"
      DB_SECRET_NAME   = "prod/db1"
      SECRETS_EXTENSION_HTTP_PORT = "2773"
    }
  }
}
resource "aws_instance" "g" {
  key_name = "prod-key1"
  user_data = <<-EOF
    #!/bin/bash
    export VAULT_TOKEN=$(vault login -token-only)
    DB_PASSWORD="${random_password.x.result}"
    PASSWORD=$${PASSWORD:-}
    echo $DB_PASSWORD | docker login --username AWS --password-stdin 123456789012.dkr.ecr.eu-west-1.amazonaws.com
    curl -u "$USER:$PASS" https://x
    aws secretsmanager get-secret-value --secret-id prod/db1
    token_file=/var/run/secrets/token1
    MY_KEY=$(cat /etc/key1)
  EOF
}
resource "kubernetes_deployment" "h" {
  spec {
    template {
      spec {
        container {
          env {
            name = "TOKEN"
            value_from { 
              secret_key_ref {
                name = "token-secret1"
                key  = "token1"
              }
            }
          }
          env {
            name  = "SECRET_NAME"
            value = "db-secret1"
          }
          volume_mount { mount_path = "/var/run/secrets/token1" }
        }
        service_account_name            = "token-reader1"
        automount_service_account_token = true
      }
    }
  }
}
resource "helm_release" "i" {
  set {
    name  = "serviceAccount.annotations.eks\\.amazonaws\\.com/role-arn"
    value = "arn:aws:iam::1:role/x"
  }
  set {
    name  = "existingSecret"
    value = "my-secret1"
  }
  set {
    name  = "auth.secretKeys.adminPasswordKey"
    value = "postgres-password1"
  }
  set {
    name  = "imagePullSecrets[0].name"
    value = "regcred1"
  }
  values = [<<-Y
    auth:
      existingSecret: pg-secret1
      secretKeys:
        adminPasswordKey: postgres-password1
    tls:
      secretName: tls-secret1
    env:
      - name: PASSWORD
        valueFrom:
          secretKeyRef:
            name: db1
            key: password1
    image:
      tag: v1.2.3
  Y
  ]
}
resource "azurerm_key_vault_access_policy" "j" { secret_permissions = ["Get", "List"] }
resource "azurerm_key_vault_key" "k" {
  name     = "generated-certificate1"
  key_type = "RSA"
  key_opts = ["decrypt", "encrypt"]
}
resource "azurerm_app_service" "l" {
  app_settings = {
    "KEY_VAULT_URL"       = "https://kv1.vault.azure.net/"
    "SECRET_URI"          = "https://kv1.vault.azure.net/secrets/db1/0a1b2c3d"
    "DB_PASSWORD"         = "@Microsoft.KeyVault(VaultName=kv1;SecretName=db1)"
    "AZURE_CLIENT_ID"     = "0a1b2c3d-1111-2222-3333-444455556666"
    "APPINSIGHTS_INSTRUMENTATIONKEY" = "0a1b2c3d-1111-2222-3333-444455556666"
    "AzureWebJobsSecretStorageType" = "files1"
  }
}
resource "google_secret_manager_secret" "m" { secret_id = "db-password1" }
resource "google_kms_crypto_key" "n" { name = "crypto-key-example1" }
resource "google_service_account_key" "o" { public_key_type = "TYPE_X509_PEM_FILE" }
resource "google_compute_instance" "p" { metadata = { ssh-keys = "u:ssh-rsa AAAAB3Nza1 u", block-project-ssh-keys = "TRUE" } }
resource "vault_policy" "q" {
  policy = <<EOT
path "secret/data/db1" { capabilities = ["read"] }
path "auth/token/renew-self" { capabilities = ["update"] }
EOT
}
resource "vault_jwt_auth_backend" "r" { bound_issuer = "https://token.actions.githubusercontent.com" }
resource "github_actions_secret" "s" {
  secret_name     = "DEPLOY_TOKEN1"
  encrypted_value = "aGVsbG8gd29ybGQgdGhpcyBpcyBlbmNyeXB0ZWQ="
}
resource "random_password" "t" {
  length           = 16
  override_special = "!#$%&*()-_=+[]{}<>:?"
  keepers          = { version = "1" }
}
resource "aws_db_instance" "u" {
  manage_master_user_password   = true
  master_user_secret_kms_key_id = "1234abcd-12ab-34cd-56ef-1234567890ab"
  password                      = local.creds["password"]
}
resource "aws_rds_cluster" "v" { master_password = jsondecode(data.aws_secretsmanager_secret_version.x.secret_string)["password"] }
resource "aws_api_gateway_method" "w" {
  api_key_required   = true
  request_parameters = { "method.request.header.Authorization" = true }
}
resource "aws_cloudfront_distribution" "x" {
  origin { 
    custom_header {
      name  = "X-Origin"
      value = "cf1"
    }
  }
  default_cache_behavior { cache_policy_id = "658327ea-f89d-4fab-a63d-7e88639e58f6" }
}
data "aws_secretsmanager_secret" "y" { name = "prod/db/password1" }
data "vault_generic_secret" "z" { path = "secret/rundeck_auth1" }
data "http" "aa" { url = "https://api.example.com/token?grant_type=client_credentials" }
provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "mock_access_key"
  secret_key                  = "mock_secret_key"
  skip_credentials_validation = true
}
provider "azurerm" {
  features { 
    key_vault { purge_soft_delete_on_destroy = true }
  }
  tenant_id = "0a1b2c3d-1111-2222-3333-444455556666"
}
provider "kubernetes" {
  host  = data.x.endpoint
  token = data.aws_eks_cluster_auth.x.token
  cluster_ca_certificate = base64decode("LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t")
  exec {
    api_version = "client.authentication.k8s.io/v1beta1"
    args        = ["eks", "get-token", "--cluster-name", "prod1"]
    command     = "aws"
  }
}
provider "vault" {
  auth_login { 
    path       = "auth/approle/login"
    parameters = { role_id = var.r, secret_id = var.s }
  }
}
terraform {
  backend "s3" {
    bucket         = "tfstate1"
    key            = "prod/db-password1/terraform.tfstate"
    dynamodb_table = "tf-lock-token1"
    kms_key_id     = "alias/tf-key1"
  }
}
module "a" {
  source                   = "git::ssh://git@github.com/o/r.git?ref=v1.2.3"
  secret_name              = "prod/db1"
  key_name                 = "prod1"
  password_secret_arn      = "arn:aws:secretsmanager:x:1:secret:y1"
  token_expiration_seconds = 3600
  secrets                  = { DB_PASSWORD = "arn:aws:ssm:x:1:parameter/db1" }
  create_kms_key           = true
  kms_key_deletion_window  = 10
  master_password_ssm_path = "/db/master_password1"
  enable_secret_manager    = "true"
  secret_recovery_window   = "7"
  api_key_source           = "HEADER"
}
output "password" {
  value     = random_password.t.result
  sensitive = true
}
output "secret_id" { value = "prod/db1" }
check "x" {
  assert {
    condition     = var.password != "Passw0rd1"
    error_message = "Do not use Passw0rd1"
  }
}
