//! `coffer revoke`

use clap::{ArgGroup, Args};
use coffer_backend::{EmbeddedStore, SecretStore as _};
use coffer_rotation::clock::{Clock as _, SystemClock};
use coffer_rotation::lease;
use coffer_rotation::machine::{Demand, Nobody, Rotator};
use coffer_rotation::policy::Policy;
use coffer_rotation::source::OneStore;
use coffer_rotation::state::{Retiring, State};
use coffer_rotation::target::RealTargets;
use coffer_vault::{Lease, SecretName, VersionState};
use serde_json::json;

use crate::arguments::{Format, Global};
use crate::failure::{Failure, Result};
use crate::runtime::block_on;
use crate::{output, session};

/// Take what may have become known out of use: versions of a secret, leases, or a token.
#[derive(Args)]
#[command(
    group = ArgGroup::new("what").required(true).args(["version", "previous", "all", "lease", "token"]).multiple(false),
    after_help = "\
Examples:
  coffer revoke prod/app --previous
  coffer revoke prod/app --version 3 --destroy
  coffer revoke --lease prod/app
  coffer revoke --token ACCESSOR"
)]
pub(crate) struct Revoke {
    /// The secret's name
    #[arg(required_unless_present_any = ["lease", "token"])]
    name: Option<String>,
    /// This version
    #[arg(long, value_name = "NUMBER")]
    version: Option<u64>,
    /// The version before the current one, also in the system that it is for
    #[arg(long)]
    previous: bool,
    /// Every version, the current one included
    #[arg(long)]
    all: bool,
    /// The credentials of all leases of this path and below
    #[arg(long, value_name = "PATH", conflicts_with = "name")]
    lease: Option<String>,
    /// The token of this accessor and all that it made
    #[arg(long, value_name = "ACCESSOR", conflicts_with = "name")]
    token: Option<String>,
    /// Shred the values for good, instead of disabling them
    #[arg(long, conflicts_with_all = ["lease", "token"])]
    destroy: bool,
}

/// What was revoked.
#[derive(Default)]
struct Revoked {
    versions: Vec<u64>,
    leases: Vec<String>,
    tokens: Vec<String>,
    /// What could not be revoked, and why.
    failed: Vec<String>,
}

impl Revoke {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        let store = EmbeddedStore::opened(session::open(global)?);
        let mut revoked = Revoked::default();
        if let Some(accessor) = &self.token {
            let accessor = accessor.clone();
            let done = block_on(async {
                Ok(store
                    .with(move |vault| vault.revoke_token(&accessor))
                    .await?)
            })?;
            revoked.tokens = done.tokens.into_iter().map(|it| it.accessor).collect();
        } else if let Some(path) = &self.lease {
            block_on(leases(&store, path, &mut revoked))?;
        } else if let Some(name) = &self.name {
            let name = SecretName::parse(name)?;
            block_on(self.versions(&store, &name, &mut revoked))?;
        }
        tell(&revoked, global)
    }

    async fn versions(
        &self,
        store: &EmbeddedStore,
        name: &SecretName,
        revoked: &mut Revoked,
    ) -> Result<()> {
        let found = store.metadata(name).await?;
        let versions = match (self.version, found.previous) {
            (Some(version), _) => vec![version],
            (None, Some(previous)) if self.previous => {
                end_previous(store, name, previous).await?;
                vec![previous]
            }
            (None, None) if self.previous => {
                return Err(Failure::Other(format!("{name} has no previous version")));
            }
            _ => readable(store, name).await?,
        };
        if self.destroy {
            store.destroy(name, &versions).await?;
        } else {
            for version in &versions {
                store.set_enabled(name, *version, false).await?;
            }
        }
        revoked.versions = versions;
        Ok(())
    }
}

async fn readable(store: &EmbeddedStore, name: &SecretName) -> Result<Vec<u64>> {
    let versions = store.versions(name).await?;
    let enabled = |state| state == VersionState::Enabled;
    Ok(versions
        .iter()
        .filter(|it| enabled(it.state))
        .map(|it| it.version)
        .collect())
}

/// Ends the previous version now, in the system that the rotation's policy names, too.
async fn end_previous(store: &EmbeddedStore, name: &SecretName, previous: u64) -> Result<()> {
    let found = store.metadata(name).await?;
    let Ok(policy) = Policy::of(&found) else {
        return Ok(());
    };
    let mut state = State::of(&found).map_err(coffer_rotation::machine::Error::from)?;
    state.retiring = Some(Retiring {
        version: previous,
        until: SystemClock.now(),
    });
    store.update(name, state.change(&found)).await?;
    let secrets = OneStore(store);
    let targets = RealTargets::new(&secrets);
    Rotator::new(store, &targets, &SystemClock, &Nobody)
        .rotate(name, &policy, &Demand::Resume)
        .await?;
    Ok(())
}

/// Revokes the credentials of all leases of `path` and below.
async fn leases(store: &EmbeddedStore, path: &str, revoked: &mut Revoked) -> Result<()> {
    let below = format!("{path}/");
    let wanted = |lease: &Lease| lease.name == path || lease.name.starts_with(&below);
    let all = store.with(|vault| vault.leases()).await?;
    for lease in all.into_iter().filter(wanted) {
        match lease::end(store, &lease).await {
            Ok(()) => revoked.leases.push(lease.id),
            Err(error) => revoked.failed.push(format!("{}: {error}", lease.id)),
        }
    }
    Ok(())
}

fn tell(revoked: &Revoked, global: &Global) -> Result<()> {
    let at = SystemClock.now();
    if global.format == Format::Json {
        output::json(&json!({
            "revoked_at": at,
            "versions": revoked.versions,
            "leases": revoked.leases,
            "tokens": revoked.tokens,
            "failed": revoked.failed,
        }))?;
    } else {
        let count = |number: usize, noun: &str| {
            output::count(u64::try_from(number).unwrap_or(u64::MAX), noun)
        };
        output::line(&format!(
            "Revoked {}, {} and {}.",
            count(revoked.versions.len(), "version"),
            count(revoked.leases.len(), "lease"),
            count(revoked.tokens.len(), "token")
        ))?;
        for why in &revoked.failed {
            output::note(&format!("not revoked: {why}"));
        }
    }
    match revoked.failed.len() {
        0 => Ok(()),
        _ => Err(Failure::Other("not everything could be revoked".to_owned())),
    }
}
