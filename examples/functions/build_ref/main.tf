# "aws:eu:prod/db#password@previous"
output "build_ref" {
  value = provider::coffer::build_ref({
    backend       = "aws:eu"
    name          = "prod/db"
    key           = "password"
    version_stage = "previous"
  })
}
