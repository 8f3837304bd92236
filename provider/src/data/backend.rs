//! `data "coffer_backend"`

use coffer_plugin::{Context, DataSource, Model, Result, Value};

use crate::Coffer;
use crate::place::Place;

/// The store behind the provider, and whether it can be used. A store that cannot is no error, so that a `check` block
/// can say so in its own words.
#[derive(Model)]
pub(crate) struct Backend {
    #[flatten]
    place: Place,
    /// The store's kind, as it is called in the provider block: `local`.
    #[attr(computed, name = "type")]
    kind: Value<String>,
    /// Whether it can be opened with the key that is configured.
    #[attr(computed)]
    reachable: Value<bool>,
    /// Why it cannot, and what to do. Null if it can.
    #[attr(computed)]
    problem: Value<String>,
    /// How many secrets it holds. Null if it cannot be reached.
    #[attr(computed)]
    secrets: Value<u64>,
}

impl DataSource for Backend {
    type Provider = Coffer;
    const TYPE_NAME: &'static str = "coffer_backend";

    async fn read(ctx: &Context<Coffer>, config: Self) -> Result<Self> {
        let store = config.place.store(ctx)?;
        let listed = store.list("").await;
        let problem = listed.as_ref().err().map(|error| match error.remedy() {
            Some(remedy) => format!("{error}: {remedy}"),
            None => error.to_string(),
        });
        let secrets = listed.ok().map(|listed| {
            let present = listed.iter().filter(|secret| secret.deleted.is_none());
            u64::try_from(present.count()).unwrap_or(u64::MAX)
        });
        Ok(Self {
            place: config.place,
            kind: Value::Known(store.kind().to_owned()),
            reachable: Value::Known(problem.is_none()),
            problem: problem.into(),
            secrets: secrets.into(),
        })
    }
}
