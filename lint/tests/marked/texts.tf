resource "x_y" "generic" {
  some_password = "iuh4Zn!ff" # <- secret
  passphrase    = "open sesame twelve" # <- secret
  userPwd       = "Tr0ub4dor9" # <- secret
  secret_token  = "8fJ20dkKs92jd02kdQz1" # <- secret
  encryption_key = "9fX2kd82jDk29dkQ8s7Lq0Zv" # <- secret
  api_secret    = "f4K39dj2kd93kd02" # <- secret
  authToken     = "QmFzZTY0VG9rZW5WYWx1ZTEyMzQ=" # <- secret
  auth          = "Basic dXNlcjpzM2NyM3RQYXNz" # <- secret
  cookie_secret = "Zk93jd02kDLs93kd02kdLQ8s" # <- secret
  private_token = "Xk93jd02kDLs93kd02kd" # <- secret
  access_key    = "Gk93jd02kDLs93kd02kd1Lq8" # <- secret
  sas_url       = "https://acc.blob.core.windows.net/c?sv=2020-08-04&ss=b&srt=sco&sp=rl&se=2030-01-01T00:00:00Z&st=2020-01-01T00:00:00Z&spr=https&sig=Xk93jd02kDLs93kd02kd1Lq8Xk93jd02kDLs93kd02k%3D" # <- secret
  jdbc          = "jdbc:postgresql://db:5432/x?user=app&password=jdbcPw99" # <- secret
  odbc          = "Driver={ODBC Driver 17};Server=x;Uid=app;Pwd=odbcPw99;" # <- secret
  libpq         = "host=db user=app password=libpqPw9 dbname=x sslmode=require" # <- secret
  mongo         = "mongodb+srv://app:m0ngoSrv9@cluster0.ab12c.mongodb.net/db" # <- secret
  amqp          = "amqps://app:r4bbitPw@mq:5671" # <- secret
  smtp          = "smtp://user%40x.com:sm7pPw99@mail:587" # <- secret
  ftp           = "ftp://u:ftpPw1@h/p" # <- secret
-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY/PuoAoGCCqGSM49 # <- secret
AwEHoUQDQgAEPR3tU2Fta9ktY+6P9G0cWO+0kETA6SFs38GecTyudlHz6xvCdz8q
-----END EC PRIVATE KEY-----
EOF
EOF
{"type": "service_account", "private_key_id": "0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d", "private_key": "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n-----END PRIVATE KEY-----\n"} # <- secret
EOF
  jwt  = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkEifQ.dBjftJeZ4CVPmB92K27uhbUJU1p1rw3Wk4pQ2Z7e5xA" # <- secret
  aws  = "export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMIzK7MDENGzbPxRfiCYzz23456789" # <- secret
  npmrc = "//registry.npmjs.org/:_authToken=0a1b2c3d-1111-2222-3333-444455556666" # <- secret
  netrc = "machine github.com login bot password n3trcPw99" # <- secret
  pgpass = "db:5432:shop:app:pgp4ssLine" 
  dsn_py = "mysql+pymysql://app:pyDsnPw9@db/x" # <- secret
  ini    = "[db]\nuser = x\npassword = in1Pw99\n" # <- secret
  toml   = "api_token = \"tomlT0k3n12345\"\n" # <- secret
  yaml   = "db:\n  password: yamlPw99\n  host: x\n" # <- secret
  props  = "spring.datasource.password=spr1ngPw9\n" # <- secret
  json   = "{\"db\":{\"password\":\"jsonPw99\"}}" # <- secret
  php    = "define('DB_PASSWORD', 'phpD3finePw');" # <- secret
  js     = "const config = { password: 'jsObjPw99', host: 'x' }" # <- secret
  py     = "PASSWORD = 'pyAssignPw9'" # <- secret
  ps     = "$cred = New-Object PSCredential('u', (ConvertTo-SecureString 'psCredPw9' -AsPlainText -Force))" # <- secret
  sql    = "CREATE USER 'app'@'%' IDENTIFIED BY 'sqlUserPw9';" # <- secret
  sql2   = "CREATE ROLE app WITH LOGIN PASSWORD 'sqlRolePw9';" # <- secret
  sql3   = "ALTER USER postgres PASSWORD 'sqlAlterPw9';" # <- secret
  sql4   = "CREATE LOGIN app WITH PASSWORD = 'sqlLoginPw9';" # <- secret
  sql5   = "GRANT ALL ON *.* TO 'app'@'%' IDENTIFIED BY \"${var.pw}\";"
  net    = "net use z: \\\\srv\\share n3tUsePw9 /user:corp\\bob" # <- secret
  rdp    = "cmdkey /generic:x /user:bob /pass:cmdk3yPw9" # <- secret
  az     = "az login --service-principal -u 0a1b -p azSpPw99xQ~ --tenant x" # <- secret
  ldap   = "ldapsearch -x -D cn=admin -w ldapPw99 -b dc=x" # <- secret
  ans    = "ansible-playbook -e ansible_password=ansPw99 x.yml" # <- secret
  sshp   = "sshpass -p 'sshPassPw9' ssh u@h" # <- secret
  kubectl = "kubectl create secret generic db --from-literal=password=kubeLitPw9" # <- secret
  helm   = "helm install x y --set auth.rootPassword=helmSetPw9,auth.database=x" # <- secret
  vault  = "vault kv put secret/db password=vaultKvPw9" # <- secret
  rabbit = "rabbitmqctl add_user app rabbitCtlPw9" # <- secret
  mongoc = "mongosh -u root -p mongoshPw9 --authenticationDatabase admin" # <- secret
  useradd = "echo 'bob:chPasswdPw9' | chpasswd" # <- secret
  passwd = "echo 'passwdStdin9' | passwd --stdin root" # <- secret
  passwd2 = "echo -e \"newPw9\\nnewPw9\" | passwd root" # <- secret
  expect = "PGPASSWORD=pgEnvPw9 psql -h db" # <- secret
  redis  = "redis-cli -h x -a redisCliPw9 ping" # <- secret
  pip    = "pip install --index-url https://bot:pipIdxPw9@pypi.corp/simple x" # <- secret
  git    = "git clone https://0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d@github.com/o/r" # <- secret
  dockr  = "echo dockerStdinPw9 | docker login -u bot --password-stdin" # <- secret
  wp     = "wp config create --dbname=x --dbuser=y --dbpass=wpCliPw99" # <- secret
  jenk   = "java -jar jenkins-cli.jar -auth admin:jenkCliPw9 list" # <- secret
  snmp   = "snmp-server community publ1cRW rw"
  k8sb64 = base64encode("dbB64EncPw9")
  bearer = "Authorization: Bearer 0a1b2c3d4e5f60718293" # <- secret
  xapi   = "X-API-Key: 0a1b2c3d4e5f60718293" # <- secret
  cf_key = "CLOUDFLARE_API_KEY=0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2" # <- secret
  new_relic_license_key = "0a1b2c3d4e5f60718293a4b5c6d7e8f90a1bNRAL" # <- secret
  datadog_api_key       = "0a1b2c3d4e5f60718293a4b5c6d7e8f9" # <- secret
  fernet_key            = "cGFzc3dvcmRwYXNzd29yZHBhc3N3b3JkcGFzc3dvcmQ=" # <- secret
  session_secret        = "keyboard cat" 
  django_secret         = "django-insecure-9x!k2@4v$7b&1n^5m*8q(3w)6e_0r+t" # <- secret
  admin_creds           = "admin:adm1nCreds9" # <- secret
  basic_auth            = "user1:b4sicAuth9" # <- secret
  credentials           = { user = "x", pass = "credMapPw9" } # <- secret
  login                 = { username = "x", pwd = "loginMapPw9" } # <- secret
}
variable "rds_creds" {
  type    = map(string)
  default = { master_username = "x", master_password = "rdsVarPw9" } # <- secret
}
variable "license" { default = "ABCD-EFGH-1234-5678" }
variable "datadog" {
  default = { 
    api_key = "0a1b2c3d4e5f60718293a4b5c6d7e8f9" # <- secret
  }
}
resource "aws_ecs_task_definition" "td" {
  container_definitions = <<EOF
EOF
}
resource "aws_ecs_task_definition" "td2" {
  container_definitions = <<EOF
[
  {
    "environment": [
      {
        "name": "API_KEY",
        "value": "0a1b2c3d4e5f60718293" # <- secret
      },
      {
        "name": "PASSWORD"
      }
    ]
  }
]
EOF
}
