//! `coffer rotate --due`

use std::io::IsTerminal;
use std::sync::atomic::{AtomicUsize, Ordering};

use coffer_backend::Webhook;
use coffer_rotation::clock::{Clock as _, SystemClock};
use coffer_rotation::fleet::{Member, Report, rotate_due, survey};
use coffer_rotation::machine::{Nobody, Rotator};
use coffer_rotation::source::OneStore;
use coffer_rotation::target::RealTargets;
use coffer_vault::AuditSink as _;
use serde_json::json;

use super::{Rotate, store, told};
use crate::arguments::{Format, Global};
use crate::failure::{Failure, Result};
use crate::output;
use crate::runtime::block_on;

pub(super) fn run(arguments: &Rotate, global: &Global) -> Result<()> {
    let webhook = match &arguments.webhook {
        Some(address) => Some(Webhook::parse(address)?.sign_with_environment()?),
        None => None,
    };
    let store = store(global)?;
    let is_json = global.format == Format::Json;
    let pattern = arguments.pattern();
    let results = block_on(async {
        let members = survey(&store, &pattern, &SystemClock).await?;
        if arguments.dry_run {
            tell_intentions(&members, is_json)?;
            return Ok(None);
        }
        let count = wanting(&members);
        let shows_progress = !is_json && std::io::stderr().is_terminal();
        let finished = AtomicUsize::new(0);
        let progress = |(name, _): &Report| {
            if shows_progress {
                let done = finished.fetch_add(1, Ordering::Relaxed).saturating_add(1);
                output::note(&format!("{done} of {count}: {name}"));
            }
        };
        let secrets = OneStore(&store);
        let targets = RealTargets::new(&secrets);
        let rotator = Rotator::new(&store, &targets, &SystemClock, &Nobody);
        let at_once = usize::from(arguments.concurrency);
        Ok(Some(
            rotate_due(&rotator, members, at_once, &progress).await,
        ))
    })?;
    match results {
        None => Ok(()),
        Some(results) => report(&results, webhook.as_ref(), is_json),
    }
}

fn wanting(members: &[Member]) -> usize {
    let wants = |member: &&Member| {
        member
            .standing
            .as_ref()
            .is_ok_and(|standing| standing.wants_a_run())
    };
    members.iter().filter(wants).count()
}

fn tell_intentions(members: &[Member], is_json: bool) -> Result<()> {
    let intentions = members.iter().filter_map(|member| {
        let intention = match &member.standing {
            Ok(standing) => told::intention(&member.found, standing)?,
            Err(error) => error.to_string(),
        };
        Some((member, intention))
    });
    if is_json {
        let told: Vec<_> = intentions
            .map(|(member, intention)| {
                let mut told = told::member_json(member, None);
                if let Some(members) = told.as_object_mut() {
                    members.insert("intention".to_owned(), intention.into());
                }
                told
            })
            .collect();
        return output::json(&json!({ "at": SystemClock.now(), "would_rotate": told }));
    }
    let mut any = false;
    for (member, intention) in intentions {
        any = true;
        output::line(&format!("{}: {intention}", member.found.name))?;
    }
    match any {
        true => Ok(()),
        false => output::line("Nothing is due."),
    }
}

fn report(results: &[Report], webhook: Option<&Webhook>, is_json: bool) -> Result<()> {
    if is_json {
        let told: Vec<_> = results.iter().map(told::report_json).collect();
        output::json(&json!({ "at": SystemClock.now(), "results": told }))?;
    } else if results.is_empty() {
        output::line("Nothing is due.")?;
    } else {
        for report in results {
            output::line(&told::line(report))?;
        }
    }
    let failed: Vec<&Report> = results.iter().filter(|(_, it)| it.is_err()).collect();
    if failed.is_empty() {
        return Ok(());
    }
    if let Some(webhook) = webhook {
        let told: Vec<_> = failed.iter().map(|it| told::report_json(it)).collect();
        let body = json!({ "rule": "rotation-failed", "results": told }).to_string();
        // The failures decide the exit code, whoever else is told.
        if let Err(why) = webhook.post("rotations", "application/json", body.as_bytes()) {
            output::note(&format!(
                "{} did not take the alert: {why}",
                webhook.describe()
            ));
        }
    }
    Err(Failure::NotRotated(format!(
        "{} of {} failed",
        failed.len(),
        output::count(u64::try_from(results.len()).unwrap_or(u64::MAX), "rotation")
    )))
}
