//! `data "coffer_audit_events"`

use std::collections::BTreeMap;

use coffer_plugin::{Context, DataSource, Model, Result, Value, validators};
use coffer_vault::{AuditRecord, Timestamp};

use crate::Coffer;
use crate::failure::cannot;
use crate::period::Period;
use crate::place::Place;

/// What the vault's audit trail says of a time: how often what was done, not every row, which would grow the state with
/// each run. `coffer audit query` shows the rows.
#[derive(Model)]
pub(crate) struct AuditEvents {
    /// How far to look back, such as `24h`. All there is unless set.
    #[attr(optional)]
    since: Value<Period>,
    /// What the secrets' names begin with. All unless set.
    #[attr(optional)]
    prefix: Value<String>,
    /// How it ended: `ok`, `denied` or `failed`. All unless set.
    #[attr(optional, validate = validators::one_of(&["ok", "denied", "failed"]))]
    outcome: Value<String>,
    #[flatten]
    place: Place,
    /// How many rows there are for each operation, such as `get`, `put`, `compare`.
    #[attr(computed)]
    counts: Value<BTreeMap<String, u64>>,
    /// The users who did something.
    #[attr(computed)]
    identities: Value<Vec<String>>,
    /// When the first of them was written (RFC 3339). Null if there is none.
    #[attr(computed)]
    first: Value<String>,
    /// When the last of them was written (RFC 3339). Null if there is none.
    #[attr(computed)]
    last: Value<String>,
}

impl DataSource for AuditEvents {
    type Provider = Coffer;
    const TYPE_NAME: &'static str = "coffer_audit_events";

    async fn read(ctx: &Context<Coffer>, config: Self) -> Result<Self> {
        let since = config
            .since
            .as_known()
            .map_or(Timestamp::MIN, |period| period.before(Timestamp::now()));
        let prefix = config.prefix.clone().into_known();
        let outcome = config.outcome.clone().into_known();
        let wanted = move |record: &AuditRecord| {
            let event = &record.event;
            event.at >= since
                && outcome
                    .as_ref()
                    .is_none_or(|it| *it == event.outcome.to_string())
                && prefix.as_ref().is_none_or(|prefix| {
                    event.items.iter().any(|item| item.name.starts_with(prefix))
                })
        };
        let rows = config
            .place
            .vault(ctx, Self::TYPE_NAME)?
            .with(move |vault| vault.audit_rows(0, wanted))
            .await
            .map_err(|error| cannot("read the audit trail", &error))?;
        Ok(config.with_rows(&rows))
    }
}

impl AuditEvents {
    fn with_rows(self, rows: &[AuditRecord]) -> Self {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for row in rows {
            let count = counts.entry(row.event.operation.to_string()).or_default();
            *count = count.saturating_add(1);
        }
        let mut identities: Vec<String> = rows
            .iter()
            .map(|row| row.event.actor.user.clone())
            .collect();
        identities.sort();
        identities.dedup();
        let time = |row: Option<&AuditRecord>| row.map(|row| row.event.at.to_string()).into();
        Self {
            counts: Value::Known(counts),
            identities: Value::Known(identities),
            first: time(rows.first()),
            last: time(rows.last()),
            ..self
        }
    }
}
