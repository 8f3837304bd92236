//! `coffer rotate NAME`

use coffer_backend::SecretStore as _;
use coffer_rotation::clock::{Clock as _, SystemClock};
use coffer_rotation::fleet::Standing;
use coffer_rotation::machine::{Demand, Nobody, Rotator};
use coffer_rotation::outlook::Reason;
use coffer_rotation::source::OneStore;
use coffer_rotation::target::RealTargets;
use coffer_vault::SecretName;
use serde_json::json;

use super::{store, told};
use crate::arguments::{Format, Global};
use crate::failure::Result;
use crate::output;
use crate::runtime::block_on;

pub(super) fn run(secret: &str, dry_run: bool, global: &Global) -> Result<()> {
    let name = SecretName::parse(secret)?;
    let store = store(global)?;
    block_on(async {
        let found = store.metadata(&name).await?;
        let standing = Standing::of(&found, SystemClock.now())?;
        if dry_run {
            let intention = told::intention(&found, &standing).unwrap_or_else(|| {
                let next = found.latest.saturating_add(1);
                format!("it is not due; a run for it alone would make version {next}")
            });
            return match global.format {
                Format::Json => {
                    output::json(&json!({ "name": name.as_str(), "intention": intention }))
                }
                Format::Text => output::line(&format!("{name}: {intention}")),
            };
        }
        let secrets = OneStore(&store);
        let targets = RealTargets::new(&secrets);
        let rotator = Rotator::new(&store, &targets, &SystemClock, &Nobody);
        let demand = Demand::Now {
            reason: Reason::Asked,
            known: found.current,
        };
        let done = rotator.rotate(&name, &standing.policy, &demand).await?;
        let report = (name, Ok(done));
        match global.format {
            Format::Json => output::json(&told::report_json(&report)),
            Format::Text => output::line(&told::line(&report)),
        }
    })
}
