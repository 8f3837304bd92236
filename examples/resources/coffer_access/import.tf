import {
  to = coffer_access.runner
  id = "runner"
}
