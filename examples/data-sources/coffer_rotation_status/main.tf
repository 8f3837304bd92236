resource "coffer_rotation" "db" {
  name         = "prod/db"
  rotate_after = "30d"

  generate {
    length = 32
  }
}

data "coffer_rotation_status" "db" {
  name         = coffer_rotation.db.name
  rotate_after = "30d"
}

output "next_rotation" {
  description = "When the password is due."
  value       = data.coffer_rotation_status.db.next_rotation
}
