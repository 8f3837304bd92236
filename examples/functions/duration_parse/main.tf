# 36
output "duration_parse" {
  value = provider::coffer::duration_parse("1d 12h").hours
}
