data "coffer_leases" "open" {
  prefix = "prod/"
}

output "open_leases" {
  description = "How many credentials are handed out at the moment."
  value       = length(data.coffer_leases.open.leases)
}
