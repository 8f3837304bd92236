import {
  to = coffer_policy.deploy
  id = "deploy"
}
