data "coffer_audit_events" "denied" {
  since   = "24h"
  outcome = "denied"
}

check "nobody_was_refused" {
  assert {
    condition     = length(data.coffer_audit_events.denied.identities) == 0
    error_message = "Refused in the last day: ${join(", ", data.coffer_audit_events.denied.identities)}."
  }
}
