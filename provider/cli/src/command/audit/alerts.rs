//! `coffer audit alerts`

use std::path::PathBuf;

use clap::Args;
use coffer_backend::Webhook;
use coffer_vault::{AlertSettings, AuditSink as _, Timestamp};
use serde_json::json;

use crate::arguments::{Format, Global};
use crate::failure::{Failure, Result};
use crate::{output, session};

/// Show what in the audit trail deserves a look. Ends with exit code 8 where there is something.
///
/// Rules: read-spike, first-seen, failed-auth, off-hours, destroyed-read, refused-token, chain-break.
///
/// A file of settings is JSON; what it does not set has a default:
/// {"disabled": ["first-seen"], "spike_factor": 5, "spike_minimum": 20, "learning_hours": 168, "burst_failures": 5,
/// "burst_minutes": 10, "hours": {"from": 8, "to": 18, "days": [1, 2, 3, 4, 5], "utc_offset_minutes": 60, "except":
/// ["rotator"]}}
#[derive(Args)]
pub(crate) struct Alerts {
    /// Since this time, or this long ago; rows before it are what the rules learn from
    #[arg(long, value_name = "TIME", default_value = "1d", value_parser = output::parse_since)]
    since: Timestamp,
    /// A file with thresholds
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Send what was found to this https: address too, as JSON, signed with COFFER_WEBHOOK_KEY
    ///
    /// Run it from cron as often as --since reaches back, and each alert is sent once.
    #[arg(long, value_name = "URL")]
    webhook: Option<String>,
}

impl Alerts {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let settings = match &self.settings {
            Some(path) => {
                let text = std::fs::read_to_string(path).map_err(|error| {
                    Failure::Other(format!("{} could not be read: {error}", path.display()))
                })?;
                AlertSettings::parse(&text)?
            }
            None => AlertSettings::default(),
        };
        let webhook = match &self.webhook {
            Some(address) => Some(Webhook::parse(address)?.sign_with_environment()?),
            None => None,
        };
        let vault = session::open(global)?;
        let alerts = vault.alerts(self.since, settings)?;
        if global.format == Format::Json {
            output::json(&json!({ "alerts": alerts }))?;
        } else {
            for alert in &alerts {
                output::line(&format!(
                    "{}  row {}  {}: {}",
                    output::time(alert.at),
                    alert.row,
                    alert.rule,
                    alert.message
                ))?;
            }
        }
        if alerts.is_empty() {
            return match global.format {
                Format::Json => Ok(()),
                Format::Text => output::line("Nothing deserves a look."),
            };
        }
        if let Some(webhook) = webhook {
            let body = json!({ "vault": vault.path(), "alerts": alerts }).to_string();
            // The alerts themselves matter more than the webhook, so that they still decide the exit code.
            if let Err(why) = webhook.post("alerts", "application/json", body.as_bytes()) {
                output::note(&format!(
                    "{} did not take the alerts: {why}",
                    webhook.describe()
                ));
            }
        }
        let count = output::count(u64::try_from(alerts.len()).unwrap_or(u64::MAX), "alert");
        Err(Failure::ProblemsFound(count))
    }
}
