//! `provider "coffer" { alerts {} }`: what in the embedded vault's audit trail deserves a look, told with each plan.

use std::collections::BTreeSet;

use coffer_backend::{EmbeddedStore, Error, Webhook};
use coffer_plugin::{Call, Diagnostic, Model, Result, Value, validators};
use coffer_vault::{ALERT_RULES, Alert, AlertSettings, AuditSink as _, SignedDuration, Timestamp};
use serde_json::json;

use crate::failure::{cannot, cannot_because};
use crate::period::Period;
use crate::secret_text::SecretText;

/// How far to look back unless the block says so: a plan a day then tells everything.
const SINCE: SignedDuration = SignedDuration::from_hours(24);
/// How many alerts of a vault are told one by one.
const TOLD: usize = 10;

/// Looks through the audit trails of the embedded vaults with each plan, and warns of what deserves a look: read spikes, new
/// identities, bursts of failures, work at odd hours, reads of destroyed versions, refused tokens, a broken chain. Without
/// this block nobody looks; `coffer audit alerts` does the same outside of Terraform, with all thresholds.
#[derive(Model)]
pub(crate) struct AlertsBlock {
    /// How far to look back, such as `7d`. `24h` unless set. What is older is what the rules learn from.
    #[attr(optional)]
    since: Value<Period>,
    /// What an alert does: `warn`, or `error`, which lets no plan be made until `since` has passed or the rule is
    /// disabled. `warn` unless set.
    #[attr(optional, validate = validators::one_of(&["warn", "error"]))]
    on_alert: Value<String>,
    /// Rules that are switched off: `read-spike`, `first-seen`, `failed-auth`, `off-hours`, `destroyed-read`,
    /// `refused-token`.
    #[attr(optional, validate = known_rules)]
    disabled: Value<BTreeSet<String>>,
    /// An `https://` address that gets what is found, as JSON by POST, signed with `COFFER_WEBHOOK_KEY`: each plan sends what it
    /// shows. May be an ephemeral value.
    #[attr(optional, sensitive)]
    webhook: Value<SecretText>,
}

/// Judges `disabled`.
fn known_rules(names: &BTreeSet<String>) -> Result<(), &'static str> {
    let is_rule = |name: &String| ALERT_RULES.iter().any(|rule| rule.name == name);
    if names.iter().all(is_rule) {
        return Ok(());
    }
    Err(
        "There is no such rule. `coffer audit alerts --help` names them; chain-break cannot be switched off.",
    )
}

/// What to look for, and whom to tell.
pub(crate) struct Alerts {
    since: SignedDuration,
    refuses: bool,
    settings: AlertSettings,
    webhook: Option<Webhook>,
}

impl Alerts {
    /// What the block asks for. What is not known yet counts as not set.
    ///
    /// # Errors
    /// Where the webhook is no address, or its key cannot be used.
    pub(crate) fn new(block: AlertsBlock) -> Result<Self, Diagnostic> {
        let webhook = block.webhook.into_known();
        let webhook = webhook
            .map(|address| Webhook::parse(address.danger_expose())?.sign_with_environment())
            .transpose()
            .map_err(|error| {
                let remedy = error.remedy().unwrap_or_default();
                cannot_because("use the webhook of alerts", &error, &remedy).at("alerts")
            })?;
        Ok(Self {
            since: block.since.as_known().map_or(SINCE, Period::length),
            refuses: block.on_alert.as_known().is_some_and(|it| it == "error"),
            settings: AlertSettings {
                disabled: block
                    .disabled
                    .into_known()
                    .unwrap_or_default()
                    .into_iter()
                    .collect(),
                ..AlertSettings::default()
            },
            webhook,
        })
    }

    /// Looks through the trail of the vault called `label`, and tells.
    ///
    /// # Errors
    /// Where there is an alert, and alerts are errors.
    pub(crate) async fn tell(&self, call: &Call, label: &str, vault: &EmbeddedStore) -> Result<()> {
        let now = Timestamp::now();
        let since = now.saturating_sub(self.since).unwrap_or(Timestamp::MIN);
        let settings = self.settings.clone();
        let found = match vault.with(move |vault| vault.alerts(since, settings)).await {
            Ok(found) => found,
            // What uses the vault tells it, or finds it made by then.
            Err(Error::NotReady { .. } | Error::Vault(coffer_vault::Error::Missing { .. })) => {
                return Ok(());
            }
            Err(error) => {
                let diagnostic =
                    cannot(&format!("look for alerts in the trail of {label}"), &error);
                call.warn(diagnostic.summary, diagnostic.detail);
                return Ok(());
            }
        };
        if found.is_empty() {
            return Ok(());
        }
        self.post(call, label, &found).await;
        let diagnostic = summary(label, &found);
        if self.refuses {
            return Err(diagnostic.at("alerts").into());
        }
        call.warn(diagnostic.summary, diagnostic.detail);
        Ok(())
    }

    async fn post(&self, call: &Call, label: &str, found: &[Alert]) {
        let Some(webhook) = self.webhook.clone() else {
            return;
        };
        let body = json!({ "vault": label, "alerts": found }).to_string();
        let described = webhook.describe();
        let sent = tokio::task::spawn_blocking(move || {
            webhook.post("alerts", "application/json", body.as_bytes())
        });
        let why = match sent.await {
            Ok(Ok(())) => return,
            Ok(Err(why)) => why.to_string(),
            Err(_) => "the request ended unexpectedly".to_owned(),
        };
        let detail =
            format!("{described} did not take them: {why}. They are shown here all the same.");
        call.warn("The alerts could not be sent", detail);
    }
}

/// The alerts in one diagnostic: Terraform shows each with a frame.
fn summary(label: &str, found: &[Alert]) -> Diagnostic {
    let newest = found.iter().rev().take(TOLD);
    let mut lines: Vec<String> = newest
        .map(|alert| {
            let (at, row, rule, message) = (alert.at, alert.row, alert.rule, &alert.message);
            format!("{at:.0}, row {row}, {rule}: {message}")
        })
        .collect();
    let more = found.len().saturating_sub(TOLD);
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    let detail = format!(
        "{}.\n\nLook at them with `coffer audit alerts` and `coffer audit query`. The alerts block of the provider says how far \
         back to look and which rules count.",
        lines.join("\n")
    );
    let summary = format!("The audit trail of {label} deserves a look");
    Diagnostic::error(summary, detail)
}
