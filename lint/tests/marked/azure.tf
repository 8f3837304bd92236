resource "azurerm_mssql_server" "a" {
  administrator_login          = "dbowner"
  administrator_login_password = "k4tzenTor" # <- secret
}
resource "azurerm_linux_virtual_machine" "b" {
  admin_username = "adminuser"
  admin_password = "Adm!nV4lue" # <- secret
  custom_data    = base64encode("#cloud-config\nchpasswd:\n  list: |\n    root:r00tPw99\n") # <- secret
}
resource "azurerm_virtual_machine" "c" {
  os_profile {
    admin_username = "testadmin"
    admin_password = "Adm!nV5lue" # <- secret
  }
}
resource "azurerm_key_vault_secret" "d" {
  name  = "api-pass"
  value = "pepperc0rn" # <- secret
}
resource "azurerm_key_vault_secret" "d2" {
  name  = "db-host"
  value = "db.example.com"
}
resource "azurerm_app_service" "e" {
  connection_string {
    name  = "Database"
    type  = "SQLServer"
    value = "Server=some-server.mydomain.com;Integrated Security=SSPI"
  }
  app_settings = {
    "SOME_KEY"        = "some-value"
    "DB_PASSWORD"     = "appSett1ng" # <- secret
    "KV_REF"          = "@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/x/)"
    "AzureWebJobsStorage" = "DefaultEndpointsProtocol=https;AccountName=acc;AccountKey=dGhpc2lzYWZha2VrZXl0aGF0aXNsb25nZW5vdWdodG9iZXJlYWxpc3RpY2JhZGtleTEyMzQ1Njc4OTAxMjM0NTY3OA==;EndpointSuffix=core.windows.net" # <- secret
    "APPINSIGHTS_INSTRUMENTATIONKEY" = "0a1b2c3d-1111-2222-3333-444455556666"
    "WEBSITE_RUN_FROM_PACKAGE" = "1"
    "CLIENT_SECRET"   = "xY8~Q1a2B3c4D5e6F7g8H9i0J1k2L3m4N5o6P7q8" # <- secret
  }
}
resource "azurerm_app_service" "e2" {
  connection_string {
    name  = "Database"
    type  = "SQLServer"
    value = "Server=tcp:x.database.windows.net;Database=d;User ID=u;Password=connPw9!;Encrypt=true" # <- secret
  }
}
resource "azurerm_container_group" "f" {
  container {
    environment_variables        = { "NODE_ENV" = "testing" }
    secure_environment_variables = { "ACCESS_KEY" = "secure_testing" }
  }
  image_registry_credential {
    server   = "hub.docker.com"
    username = "bot"
    password = "yourpassword"
  }
}
resource "azurerm_container_group" "f2" {
  container {
    secure_environment_variables = { "DB_PASSWORD" = "s3cureEnv" } # <- secret
  }
  image_registry_credential {
    username = "u"
    password = "r3gistryPw" # <- secret
  }
}
resource "azurerm_postgresql_flexible_server" "g" {
  administrator_password = "Pg!Adm1nV" # <- secret
}
resource "azurerm_kubernetes_cluster" "h" {
  service_principal {
    client_id     = "00000000-0000-0000-0000-000000000000"
    client_secret = "00000000000000000000000000000000"
  }
  windows_profile { admin_password = "W1ndowsPr0file!" } # <- secret
}
resource "azurerm_cosmosdb_account" "i" { name = "x" }
resource "azurerm_api_management_named_value" "j" {
  name   = "backend-password"
  value  = "apimPw9!" # <- secret
  secret = true
}
resource "azurerm_automation_credential" "k" {
  username = "example_user"
  password = "automation_pwd" # <- secret
}
resource "azurerm_batch_pool" "l" {
  container_configuration {
    container_registries {
      user_name = "login"
      password  = "b4tchPool" # <- secret
    }
  }
}
resource "azurerm_data_factory_linked_service_sql_server" "m" {
  connection_string = "Integrated Security=False;Data Source=test;Initial Catalog=test;User ID=test;Password=test" # <- secret
}
resource "azurerm_logic_app_action_http" "n" {
  headers = { "Authorization" = "Bearer abc" }
}
resource "azurerm_hdinsight_hadoop_cluster" "o" {
  gateway {
    username = "clustergw"
    password = "Gatew4y!x" # <- secret
  }
  roles {
    head_node {
      username = "clustervm"
      password = "Headn0de!x" # <- secret
    }
  }
}
resource "azurerm_virtual_machine_extension" "p" {
  protected_settings = <<S
S
}
resource "azurerm_virtual_machine_extension" "p2" {
  settings = jsonencode({ commandToExecute = "net user admin Adm1nPw99 /add" }) # <- secret
}
resource "azurerm_web_application_firewall_policy" "q" { name = "x" }
resource "azuread_application_password" "r" { display_name = "x" }
resource "azurerm_vpn_server_configuration" "s" {
  radius { 
    server {
      secret = "radi0sShared" # <- secret
    }
  }
}
resource "azurerm_virtual_network_gateway_connection" "t" {
  shared_key = "vpn-sh4red-9k" # <- secret
}
resource "azurerm_sql_server" "u" {
  administrator_login_password = "sq1-0wner-p4ss" # <- secret
}
resource "azurerm_storage_blob" "v" { source = "some-local-file.zip" }
resource "azurerm_log_analytics_linked_service" "w" { workspace_id = "x" }
resource "azurerm_network_packet_capture" "x" { name = "x" }
resource "azurerm_redis_cache" "y" { name = "x" }
provider "azurerm" {
  features {}
  client_id       = "00000000-0000-0000-0000-000000000000"
  client_secret   = "aB8Q~1a2B3c4D5e6F7g8H9i0J1k2L3m4N5o6P" # <- secret
  tenant_id       = "11111111-1111-1111-1111-111111111111"
  subscription_id = "22222222-2222-2222-2222-222222222222"
}
variable "client_secret" { default = "Zx8Q~1a2B3c4D5e6F7g8H9i0J1k2L3m4N5o6P" } # <- secret
resource "azurerm_iothub" "z" {
  endpoint {
    connection_string = "Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0u1V=" # <- secret
  }
}
resource "azurerm_sentinel_threat_intelligence_indicator" "aa" { pattern = "x" }
resource "azurerm_synapse_workspace" "ab" {
  sql_administrator_login_password = "Pg!Adm1nV" # <- secret
}
resource "azurerm_dev_test_windows_virtual_machine" "ac" {
  password = "D3vTest!x" # <- secret
}
resource "azurerm_windows_virtual_machine_scale_set" "ad" {
  admin_password = "Sc4leSet!x" # <- secret
  winrm_listener { protocol = "Http" }
  additional_unattend_content {
    content = "<AutoLogon><Password><Value>Sc4leSet!x</Value></Password><Enabled>true</Enabled></AutoLogon>" # <- secret
  }
}
