# "2030-01-06T04:00:00Z": the first Sunday of the year at four in the morning, UTC.
output "next_rotation" {
  value = provider::coffer::next_rotation("2030-01-01T00:00:00Z", "cron(0 4 ? * SUN *)")
}

# "2030-01-31T00:00:00Z"
output "next_rotation_after_a_length" {
  value = provider::coffer::next_rotation("2030-01-01T00:00:00Z", "30d")
}
