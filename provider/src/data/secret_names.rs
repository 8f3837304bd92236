//! `data "coffer_secret_names"`

use coffer_plugin::{Context, DataSource, Model, Result, Value};

use crate::Coffer;
use crate::failure::cannot;
use crate::place::Place;

/// The names of the secrets that exist, for `for_each`: a name is no secret, so it may stand in the state.
#[derive(Model)]
pub(crate) struct SecretNames {
    /// What the names begin with, such as `prod/`. All unless set.
    #[attr(optional)]
    prefix: Value<String>,
    /// Whether names further down count, too: below `prod/` not only `prod/db` but also `prod/db/admin`. `true` unless
    /// set.
    #[attr(optional)]
    recursive: Value<bool>,
    #[flatten]
    place: Place,
    /// The names, in order.
    #[attr(computed)]
    names: Value<Vec<String>>,
}

impl DataSource for SecretNames {
    type Provider = Coffer;
    const TYPE_NAME: &'static str = "coffer_secret_names";

    async fn read(ctx: &Context<Coffer>, config: Self) -> Result<Self> {
        let prefix = config.prefix.as_known().map_or("", String::as_str);
        let recursive = config.recursive.as_known().copied().unwrap_or(true);
        let listed = config
            .place
            .store(ctx)?
            .list(prefix)
            .await
            .map_err(|error| cannot("list the secrets", &error))?;
        let names = listed
            .iter()
            .filter(|secret| secret.deleted.is_none())
            .map(|secret| secret.name.as_str())
            .filter(|name| recursive || is_directly_below(name, prefix))
            .map(str::to_owned)
            .collect();
        Ok(Self {
            names: Value::Known(names),
            ..config
        })
    }
}

/// Whether nothing more than one segment follows `prefix`.
fn is_directly_below(name: &str, prefix: &str) -> bool {
    name.strip_prefix(prefix)
        .is_some_and(|rest| !rest.trim_start_matches('/').contains('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_segment_may_follow_the_prefix() {
        assert!(is_directly_below("prod/db", "prod/"));
        assert!(is_directly_below("prod/db", "prod"));
        assert!(!is_directly_below("prod/db/admin", "prod/"));
        assert!(is_directly_below("db", ""));
        assert!(!is_directly_below("prod/db", ""));
    }
}
