# A certificate of OpenBao's PKI for this run, which is revoked with it. BAO_ADDR and BAO_TOKEN say where the server is and
# who asks; a `vault {}` block in the provider can, too.
ephemeral "coffer_lease" "certificate" {
  backend = "vault"
  path    = "pki/issue/app"
  parameters = {
    common_name = "deploy.example.com"
    ttl         = "1h"
  }
}

resource "coffer_secret" "certificate" {
  name             = "prod/deploy/certificate"
  value_wo         = ephemeral.coffer_lease.certificate.data_json
  value_wo_version = 1
}
