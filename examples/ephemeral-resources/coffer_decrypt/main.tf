# What `bao write -field=ciphertext transit/encrypt/app plaintext=$(base64 -w0 < password)` printed may be checked in.
ephemeral "coffer_decrypt" "smtp" {
  backend    = "vault"
  key        = "app"
  ciphertext = file("${path.module}/smtp.enc")
}

resource "coffer_secret" "smtp" {
  name     = "prod/smtp"
  value_wo = ephemeral.coffer_decrypt.smtp.plaintext
}
