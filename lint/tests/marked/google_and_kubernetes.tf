provider "google" {
  credentials = "${file("account.json")}"
  project     = "p"
}
provider "kubernetes" {
  host     = "https://1.2.3.4"
  username = "admin"
  password = "kub3Pw" # <- secret
  token    = data.google_client_config.c.access_token
  client_key = "LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQpNSUlFcEFJQkFBS0NBUUVB" # <- secret
}
provider "helm" {
  registry {
    url      = "oci://localhost:5000"
    username = "username"
    password = "h3lmRegPw" # <- secret
  }
}
resource "google_sql_user" "a" {
  name     = "me"
  password = "changeme" # <- secret
}
resource "google_sql_database_instance" "b" {
  root_password = "R00tSql!x" # <- secret
}
resource "google_container_cluster" "c" {
  master_auth {
    username = "admin"
    password = "m4ster.auth.55" # <- secret
  }
}
resource "google_secret_manager_secret_version" "d" {
  secret_data = "stored-words" # <- secret
}
resource "google_compute_vpn_tunnel" "e" {
  shared_secret = "tunnel shared words" # <- secret
}
resource "google_compute_instance" "f" {
  metadata = {
    ssh-keys  = "user:ssh-rsa AAAAB3 user"
    windows-startup-script-ps1 = "net user bob B0bPassw0rd /add" # <- secret
    db_password = "m3taDataPw" # <- secret
    enable-oslogin = "TRUE"
  }
  metadata_startup_script = "echo 'export API_TOKEN=9f8e7d6c5b4a39281706' >> /etc/environment" # <- secret
}
resource "google_cloud_run_service" "g" {
  template { 
    spec {
      containers {
        env {
          name  = "DB_PASS"
          value = "cl0udRun" # <- secret
        }
        env {
          name = "SECRET"
          value_from {
            secret_key_ref {
              name = google_secret_manager_secret.x.secret_id
              key  = "latest"
            }
          }
        }
      }
    }
  }
}
resource "google_cloudfunctions_function" "h" {
  environment_variables = { API_KEY = "k3yV4lue1234567890abcd" } # <- secret
}
resource "google_service_account_key" "i" { service_account_id = "x" }
resource "google_storage_hmac_key" "j" { service_account_email = "x" }
resource "google_compute_ssl_certificate" "k" {
  private_key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA0Z3VS5JJcds3xfn/ygWyF8PbnGy0AHB7MhgHcTz6sE2I2yPB\n-----END RSA PRIVATE KEY-----" # <- secret
}
resource "google_dataproc_cluster" "l" {
  cluster_config {
    security_config {
      kerberos_config { root_principal_password_uri = "bob.encrypted" }
    }
  }
}
resource "google_identity_platform_default_supported_idp_config" "m" {
  client_id     = "client-id"
}
resource "google_iap_client" "n" { display_name = "x" }
resource "kubernetes_secret" "o" {
  metadata { name = "basic-auth" }
  data = {
    username = "admin"
    password = "B4sicPw" # <- secret
  }
  type = "kubernetes.io/basic-auth"
}
resource "kubernetes_secret_v1" "p" {
  data = {
    "tls.crt" = file("x.crt")
    "config.yaml" = <<-Y
      db:
        user: app
        password: y4mlPw9 # <- secret
    Y
    ".dockerconfigjson" = jsonencode({ auths = { "r.io" = { auth = base64encode("bot:d0ckCfgPw") } } }) # <- secret
  }
  binary_data = { token = "c3VwZXJzZWNyZXR0b2tlbjEyMw==" } # <- secret
}
resource "kubernetes_config_map" "q" {
  data = {
    api_host = "myhost:443"
    "app.properties" = "db.user=x\ndb.password=c0nfMapPw\n" # <- secret
  }
}
resource "kubernetes_deployment" "r" {
  spec {
    template {
      spec {
        container {
          env {
            name  = "MYSQL_ROOT_PASSWORD"
            value = "root" # <- secret
          }
          env {
            name = "PGPASSWORD"
            value_from { 
              secret_key_ref { 
                name = "pg-secret"
                key  = "password"
              }
            }
          }
          args = ["--password=argPw99", "--token-file=/var/run/secrets/token"] # <- secret
        }
        image_pull_secrets { name = "regcred" }
      }
    }
  }
}
resource "helm_release" "s" {
  name = "redis"
  set {
    name  = "auth.password"
    value = "h3lmSetPw" # <- secret
  }
  set_sensitive {
    name  = "adminToken"
    value = "h3lmS3nsitive99" # <- secret
  }
  set {
    name  = "auth.existingSecret"
    value = "redis-secret"
  }
  set {
    name  = "auth.existingSecretPasswordKey"
    value = "redis-password"
  }
  set {
    name  = "metrics.enabled"
    value = "true"
  }
  values = [<<-Y
    postgresql:
      postgresqlPassword: v4luesPw # <- secret
      existingSecret: pg
    grafana:
      adminPassword: grafana-adm1n # <- secret
    secretName: tls-secret
    passwordKey: password
  Y
  ]
}
resource "helm_release" "s2" {
  values = [yamlencode({ auth = { rootPassword = "y4mlEncPw", existingSecret = "x" } })] # <- secret
}
resource "kubectl_manifest" "t" {
  yaml_body = <<-Y
    apiVersion: v1
    kind: Secret
    metadata:
      name: x
    stringData:
      password: kubectlPw9 # <- secret
    data:
      token: c3VwZXJzZWNyZXR0b2tlbjEyMw== # <- secret
  Y
}
resource "kubernetes_manifest" "u" {
  manifest = {
    kind = "ExternalSecret"
    spec = {
      secretStoreRef = { name = "vault" }
      target         = { name = "db-secret" }
      data = [{ secretKey = "password", remoteRef = { key = "prod/db", property = "password" } }]
    }
  }
}
resource "kubernetes_service_account" "v" {
  secret { name = "x" }
}
