db_password        = "tfv4rsPw" # <- secret
admin_pass         = "password" 
api_key            = "xxxxxxxx"
aws_secret_key     = "xJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEYz4" # <- secret
github_token       = "<token>"
secret_manager_arn = "arn:aws:secretsmanager:x:1:secret:y"
ssh_public_key     = "ssh-rsa AAAA"
kms_key            = "projects/p/locations/l/keyRings/r/cryptoKeys/k"
password_policy    = "strict"
token_lifetime     = 3600
users = {
  alice = { password = "al1cePw" } # <- secret
}
db_pass  = "TODO"
client_secret = "REDACTED"
vpn_psk  = "vpnPsk12345" # <- secret
secret   = "f00b4rS3cret!" # <- secret
certificate_key = "abc"
private_key_path = "/home/u/.ssh/id"
