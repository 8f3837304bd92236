//! Rotations in words and in JSON.

use coffer_rotation::fleet::{Member, Report, Standing};
use coffer_rotation::machine::Done;
use coffer_vault::{SecretMetadata, SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::output;

/// What came of a secret, in a line.
pub(super) fn line((name, result): &Report) -> String {
    match result {
        Ok(done) => format!("{name}: {}", in_words(done)),
        // An error names its secret.
        Err(error) => match error.remedy() {
            Some(remedy) => format!("{error} ({remedy})"),
            None => error.to_string(),
        },
    }
}

fn in_words(done: &Done) -> String {
    match done {
        Done::Nothing => "nothing to do".to_owned(),
        Done::Rotated {
            version,
            resumed_at: Some(step),
            ..
        } => format!("version {version} is current; the rotation was taken up at the step {step}"),
        Done::Rotated { version, .. } => format!("version {version} is current"),
        Done::ByOther { version } => {
            format!("version {version} is current; someone else has rotated it meanwhile")
        }
        Done::AwaitsPromotion { version } => format!(
            "version {version} works and waits for its promotion; `terraform apply` hands it to its consumers"
        ),
        Done::Busy { until } => format!(
            "someone else is rotating it; they have until {}",
            output::time(*until)
        ),
        Done::Retired { version } => format!("version {version} has ended"),
    }
}

/// What came of a secret, for programs.
pub(super) fn report_json((name, result): &Report) -> Value {
    let mut told = match result {
        Ok(done) => match done {
            Done::Nothing => json!({ "outcome": "nothing" }),
            Done::Rotated {
                version,
                reason,
                resumed_at,
            } => {
                json!({ "outcome": "rotated", "version": version, "reason": reason, "resumed_at": resumed_at })
            }
            Done::ByOther { version } => json!({ "outcome": "by_other", "version": version }),
            Done::AwaitsPromotion { version } => {
                json!({ "outcome": "awaits_promotion", "version": version })
            }
            Done::Busy { until } => json!({ "outcome": "busy", "until": until }),
            Done::Retired { version } => json!({ "outcome": "retired", "version": version }),
        },
        Err(error) => {
            json!({ "outcome": "failed", "error": error.to_string(), "remedy": error.remedy() })
        }
    };
    if let Some(members) = told.as_object_mut() {
        members.insert("name".to_owned(), name.as_str().into());
    }
    told
}

/// What a run would do for a secret, in a sentence; none where it would do nothing.
pub(super) fn intention(found: &SecretMetadata, standing: &Standing) -> Option<String> {
    let outlook = &standing.outlook;
    let next = found.latest.saturating_add(1);
    let strategy = match standing.policy.usernames.as_slice() {
        [] => String::new(),
        users => {
            let current = found.current.and_then(|it| standing.state.users.get(&it));
            let user = standing.policy.next_user(current.map(String::as_str));
            let user = user.or(users.first()).map_or("", String::as_str);
            format!(" for the user {user}")
        }
    };
    if let Some(step) = outlook.under_way {
        let version = found.pending.unwrap_or(next);
        return Some(format!(
            "the rotation to version {version} is at the step {step}, and a run would go on there"
        ));
    }
    if let Some(version) = outlook.retires {
        return Some(format!(
            "version {version} has had its time, and a run would end it"
        ));
    }
    let reason = outlook.due.as_ref()?;
    Some(format!(
        "{reason} A run would make version {next}{strategy}"
    ))
}

/// Why a secret needs somebody's attention: it has failed, or it is due for longer than `patience`.
pub(super) fn complaint(
    member: &Member,
    now: Timestamp,
    patience: SignedDuration,
) -> Option<String> {
    let standing = match &member.standing {
        Ok(standing) => standing,
        Err(error) => return Some(error.to_string()),
    };
    if let Some(failure) = &standing.state.failure {
        return Some(format!(
            "{} failed since {}: {}",
            output::count(failure.attempts.into(), "attempt"),
            output::time(failure.at),
            failure.why
        ));
    }
    let since = standing.outlook.due_since?;
    (now.duration_since(since) > patience)
        .then(|| format!("due since {}, and not rotated", output::time(since)))
}

/// How a secret stands, for programs.
pub(super) fn member_json(member: &Member, complaint: Option<&str>) -> Value {
    let found = &member.found;
    let mut told = json!({
        "name": found.name.as_str(),
        "version": found.current,
        "pending_version": found.pending,
        "previous_version": found.previous,
        "complaint": complaint,
    });
    let more = match &member.standing {
        Err(error) => json!({ "error": error.to_string() }),
        Ok(Standing {
            policy,
            state,
            outlook,
        }) => json!({
            "target": policy.target.as_ref().map(|target| target.kind()),
            "strategy": policy.strategy,
            "active_username": found.current.and_then(|it| state.users.get(&it)),
            "last_rotated": state.current_since(found),
            "next_rotation": outlook.next,
            "rotation_due": outlook.due.is_some(),
            "due_reason": outlook.due.as_ref().map(ToString::to_string),
            "due_since": outlook.due_since,
            "pending_step": outlook.under_way,
            "awaits_promotion": outlook.awaits_promotion,
            "previous_valid_until": state.retiring.map(|it| it.until),
            "failure": state.failure,
        }),
    };
    if let (Some(told), Value::Object(more)) = (told.as_object_mut(), more) {
        told.extend(more);
    }
    told
}
