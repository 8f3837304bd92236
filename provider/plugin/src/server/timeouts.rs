//! `timeouts {}` of a configuration.

use std::time::Duration;

use crate::attribute_type::AttributeType;
use crate::cty::Cty;

/// The time allowed for `operation`: what `timeouts {}` in `config` says, or else `default`.
pub(super) fn timeout(config: &Cty, operation: &str, default: Duration) -> Option<Duration> {
    let said = config.get("timeouts").get(operation);
    Some(Duration::from_cty(said.clone()).unwrap_or(default))
}
