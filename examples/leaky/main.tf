# A module that leaks in many ways. Every credential is made up. `coffer-lint examples/leaky` shows
# what is wrong; the help lines say how to mend it.

terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }

  backend "pg" {
    conn_str = "postgres://terraform:n0t-a-real-pw@state.internal.invalid/terraform"
  }
}

provider "aws" {
  region     = var.region
  access_key = "AKIAFAKEFAKEFAKE7Q2X"
  secret_key = "fakeFAKE0fakeFAKE1fakeFAKE2fakeFAKE3fake"
}

locals {
  season = "Winter2024"
  login  = "${local.season}!fake"
}

# The literal stands in a local; only the way through it shows that it is a password.
resource "aws_redshift_cluster" "reports" {
  cluster_identifier = "reports"
  node_type          = "ra3.large"
  master_username    = "reports"
  master_password    = local.login
}

# The value of `login` comes from terraform.tfvars.
module "database" {
  source = "./modules/database"
  login  = var.login
}

resource "aws_db_instance" "shop" {
  identifier        = "shop"
  engine            = "postgres"
  instance_class    = "db.t4g.micro"
  allocated_storage = 20
  username          = "shop"
  password          = join("-", ["correct", "h0rse", "fake"])
}

resource "aws_lambda_function" "orders" {
  function_name = "orders"
  role          = var.role_arn
  handler       = "index.handler"
  runtime       = "nodejs22.x"
  filename      = "orders.zip"

  environment {
    variables = {
      DB_HOST     = module.database.address
      DB_PASSWORD = "fake-Tr0ub4dor"
    }
  }
}

resource "aws_instance" "worker" {
  ami           = var.ami
  instance_type = "t3.micro"

  user_data = <<-EOT
    #!/bin/bash
    echo "worker:fake-Tr0ub4dor" | chpasswd
    export API_TOKEN=fake0TOKEN1fake2TOKEN3fake
  EOT
}

data "aws_secretsmanager_secret_version" "api" {
  secret_id = "prod/api"
}

resource "random_password" "admin" {
  length = 24
}

resource "aws_ssm_parameter" "admin" {
  name  = "/shop/admin/password"
  type  = "SecureString"
  value = random_password.admin.result
}

output "admin_password" {
  value = random_password.admin.result
}
