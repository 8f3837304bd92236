//! `data "coffer_leases"`

use coffer_plugin::{Context, DataSource, Model, ObjectType, Result, Value};
use coffer_vault::Lease;

use crate::Coffer;
use crate::failure::cannot;
use crate::place::Place;

/// The credentials that are handed out for a time and not given back yet.
#[derive(Model)]
pub(crate) struct Leases {
    /// What the names of their credentials begin with. All unless set.
    #[attr(optional)]
    prefix: Value<String>,
    #[flatten]
    place: Place,
    /// The open leases.
    #[attr(computed)]
    leases: Value<Vec<OpenLease>>,
}

/// One lease.
#[derive(Clone, ObjectType)]
struct OpenLease {
    id: String,
    name: String,
    /// What made the credential, such as `postgresql`.
    kind: String,
    created_time: String,
    expiration_date: String,
    /// Whether revoking it has failed so often that nobody tries again unasked.
    irrevocable: bool,
}

impl DataSource for Leases {
    type Provider = Coffer;
    const TYPE_NAME: &'static str = "coffer_leases";

    async fn read(ctx: &Context<Coffer>, config: Self) -> Result<Self> {
        let prefix = config.prefix.as_known().map_or("", String::as_str);
        let open = config
            .place
            .vault(ctx, Self::TYPE_NAME)?
            .with(|vault| vault.leases())
            .await
            .map_err(|error| cannot("list the leases", &error))?;
        let leases = open
            .iter()
            .filter(|lease| lease.name.starts_with(prefix))
            .map(OpenLease::of)
            .collect();
        Ok(Self {
            leases: Value::Known(leases),
            ..config
        })
    }
}

impl OpenLease {
    fn of(lease: &Lease) -> Self {
        Self {
            id: lease.id.clone(),
            name: lease.name.clone(),
            kind: lease.kind.clone(),
            created_time: lease.created.to_string(),
            expiration_date: lease.expires.to_string(),
            irrevocable: lease.is_irrevocable(),
        }
    }
}
