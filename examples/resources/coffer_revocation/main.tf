resource "coffer_secret" "old" {
  name = "prod/old"

  generate {
    length = 32
  }
}

# Nobody reads these versions any more. `destroy` would shred their keys, for good.
resource "coffer_revocation" "old" {
  name = coffer_secret.old.name
  mode = "disable"
}
