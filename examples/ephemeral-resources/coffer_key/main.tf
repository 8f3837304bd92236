# A new key each time; the version says when one of them is taken.
ephemeral "coffer_key" "deploy" {
  algorithm = "ed25519"
}

resource "coffer_secret" "deploy" {
  name             = "deploy/ssh-key"
  value_wo         = ephemeral.coffer_key.deploy.private_key_openssh
  value_wo_version = 1
}
