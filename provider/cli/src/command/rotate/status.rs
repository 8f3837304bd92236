//! `coffer rotate status`

use clap::Args;
use coffer_backend::Webhook;
use coffer_rotation::clock::{Clock as _, SystemClock};
use coffer_rotation::fleet::{Member, NamePattern, survey};
use coffer_vault::{AuditSink as _, SignedDuration, Timestamp};
use serde_json::json;

use super::{pattern, store, told};
use crate::arguments::{Format, Global};
use crate::failure::{Failure, Result};
use crate::output;
use crate::runtime::block_on;

/// Show how every rotation stands. Ends with exit code 10 where one has failed or is overdue.
#[derive(Args)]
pub(crate) struct Status {
    /// Only secrets whose names match, such as `prod/*`
    #[arg(value_name = "GLOB", value_parser = pattern)]
    name: Option<NamePattern>,
    /// How long a rotation may be due before it counts as overdue
    #[arg(long, value_name = "TIME", default_value = "1d", value_parser = output::parse_duration)]
    overdue_after: SignedDuration,
    /// Send what is overdue or has failed to this https: address too, as JSON, signed with COFFER_WEBHOOK_KEY
    #[arg(long, value_name = "URL")]
    webhook: Option<String>,
}

impl Status {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let webhook = match &self.webhook {
            Some(address) => Some(Webhook::parse(address)?.sign_with_environment()?),
            None => None,
        };
        let store = store(global)?;
        let pattern = self.name.clone().unwrap_or_else(NamePattern::all);
        let members = block_on(async { Ok(survey(&store, &pattern, &SystemClock).await?) })?;
        let now = SystemClock.now();
        let judged: Vec<(Member, Option<String>)> = members
            .into_iter()
            .map(|member| {
                let complaint = told::complaint(&member, now, self.overdue_after);
                (member, complaint)
            })
            .collect();
        let told: Vec<_> = judged
            .iter()
            .map(|(member, complaint)| told::member_json(member, complaint.as_deref()))
            .collect();
        match global.format {
            Format::Json => output::json(&json!({ "at": now, "rotations": told }))?,
            Format::Text => table(&judged)?,
        }
        let bad = judged.iter().filter(|(_, complaint)| complaint.is_some());
        let bad = u64::try_from(bad.count()).unwrap_or(u64::MAX);
        if bad == 0 {
            return Ok(());
        }
        if let Some(webhook) = webhook {
            let told: Vec<_> = told
                .iter()
                .filter(|it| !it["complaint"].is_null())
                .collect();
            let body = json!({ "rule": "rotation-overdue", "rotations": told }).to_string();
            if let Err(why) = webhook.post("rotations", "application/json", body.as_bytes()) {
                output::note(&format!(
                    "{} did not take the alert: {why}",
                    webhook.describe()
                ));
            }
        }
        Err(Failure::NotRotated(format!(
            "{} overdue or failed",
            output::count(bad, "rotation")
        )))
    }
}

fn table(judged: &[(Member, Option<String>)]) -> Result<()> {
    let time = |at: Option<Timestamp>| at.map_or_else(|| "-".to_owned(), output::time);
    let rows: Vec<[String; 5]> = judged
        .iter()
        .map(|(member, complaint)| {
            let found = &member.found;
            let standing = member.standing.as_ref().ok();
            let version = found
                .current
                .map_or_else(|| "-".to_owned(), |it| it.to_string());
            [
                found.name.to_string(),
                version,
                time(standing.and_then(|it| it.state.current_since(found))),
                time(standing.and_then(|it| it.outlook.next)),
                state(member, complaint.as_deref()),
            ]
        })
        .collect();
    if rows.is_empty() {
        return output::line("No secret has a rotation policy.");
    }
    output::table(["NAME", "VERSION", "ROTATED", "NEXT", "STATE"], &rows)
}

fn state(member: &Member, complaint: Option<&str>) -> String {
    let Ok(standing) = &member.standing else {
        return complaint.unwrap_or_default().to_owned();
    };
    let outlook = &standing.outlook;
    match (complaint, outlook.under_way) {
        (Some(complaint), _) => complaint.to_owned(),
        (None, Some(step)) => format!("under way, at the step {step}"),
        (None, None) if outlook.awaits_promotion => "waits for its promotion".to_owned(),
        (None, None) if outlook.due.is_some() => "due".to_owned(),
        (None, None) => "fine".to_owned(),
    }
}
