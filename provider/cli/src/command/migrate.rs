//! `coffer migrate`

use std::sync::Arc;

use clap::Args;
use coffer_backend::{
    EmbeddedStore, Migration, Moved, PlannedMove, STORE_KINDS, SecretStore, from_environment,
};
use serde_json::{Value, json};

use crate::arguments::{Format, Global};
use crate::failure::{Failure, Result};
use crate::runtime::block_on;
use crate::{output, session};

/// Move secrets to another store, with their versions, stages and metadata.
///
/// STORE is local (the embedded vault), vault, aws (Secrets Manager), ssm (the Parameter Store of AWS), azure, google or, to read from, env; all but the embedded vault are reached as the
/// environment says, with the variables that their own tools use. Nothing is changed or removed where the secrets come
/// from. Every copy is read back and compared. A run that was interrupted goes on where it stopped.
#[derive(Args)]
pub(crate) struct Migrate {
    /// Where the secrets are
    #[arg(long, value_name = "STORE", default_value = "local")]
    from: String,
    /// Where they go
    #[arg(long, value_name = "STORE")]
    to: String,
    /// Move only secrets whose names start with this
    #[arg(default_value = "")]
    prefix: String,
    /// Show what would be done, and read no value
    #[arg(long)]
    dry_run: bool,
}

impl Migrate {
    pub(crate) fn run(&self, global: &Global) -> Result<()> {
        if self.from == self.to {
            return Err(Failure::Usage {
                what: format!("{} is where the secrets are and where they go", self.to),
                remedy: "name another store with --to".into(),
            });
        }
        let (from, to) = (store(global, &self.from)?, store(global, &self.to)?);
        block_on(async {
            let done = self.migrate(global, from.as_ref(), to.as_ref()).await;
            from.close().await;
            to.close().await;
            done
        })
    }

    async fn migrate(
        &self,
        global: &Global,
        from: &dyn SecretStore,
        to: &dyn SecretStore,
    ) -> Result<()> {
        let migration = Migration::new(from, to)?;
        let planned = migration.plan(&self.prefix).await?;
        if self.dry_run {
            return self.show(global, &planned);
        }
        let mut moved = Vec::new();
        let mut failed = Vec::new();
        for one in &planned {
            if let Some(obstacle) = &one.obstacle {
                failed.push((one, obstacle.clone()));
                continue;
            }
            match migration.run(one).await {
                Ok(done) => moved.push(done),
                Err(error) => failed.push((one, error.to_string())),
            }
        }
        self.tell(global, &moved, &failed)
    }

    fn show(&self, global: &Global, planned: &[PlannedMove]) -> Result<()> {
        if global.format == Format::Json {
            let planned: Vec<Value> = planned.iter().map(plan_json).collect();
            return output::json(&json!({ "from": self.from, "to": self.to, "planned": planned }));
        }
        for one in planned {
            let copies = u64::try_from(one.copies.len()).unwrap_or(u64::MAX);
            let what = match &one.obstacle {
                Some(obstacle) => format!("cannot be moved: {obstacle}"),
                None if one.is_done => "is there already".to_owned(),
                None if one.is_resumed => format!("goes on: {}", output::count(copies, "version")),
                None => output::count(copies, "version"),
            };
            output::line(&format!("{}: {what}", one.name))?;
            for note in &one.notes {
                output::line(&format!("  {note}"))?;
            }
        }
        Ok(())
    }

    fn tell(
        &self,
        global: &Global,
        moved: &[Moved],
        failed: &[(&PlannedMove, String)],
    ) -> Result<()> {
        if global.format == Format::Json {
            let moved: Vec<Value> = moved
                .iter()
                .map(|it| {
                    json!({
                        "name": it.name.as_str(), "copied": it.copied, "verified": it.verified, "current": it.current,
                    })
                })
                .collect();
            let failed: Vec<Value> = failed
                .iter()
                .map(|(one, why)| json!({ "name": one.name.as_str(), "why": why }))
                .collect();
            output::json(
                &json!({ "from": self.from, "to": self.to, "moved": moved, "failed": failed }),
            )?;
        } else {
            for it in moved {
                let copied = u64::try_from(it.copied).unwrap_or(u64::MAX);
                let copied = output::count(copied, "version");
                output::line(&format!("{}: moved {copied}, all compared", it.name))?;
            }
            for (one, why) in failed {
                output::note(&format!("{}: not moved: {why}", one.name));
            }
        }
        if failed.is_empty() {
            return Ok(());
        }
        let count = u64::try_from(failed.len()).unwrap_or(u64::MAX);
        Err(Failure::Other(format!(
            "not moved: {}; run it again once the reasons are mended",
            output::count(count, "secret")
        )))
    }
}

fn plan_json(planned: &PlannedMove) -> Value {
    json!({
        "name": planned.name.as_str(),
        "versions": planned.copies,
        "destroyed": planned.gaps,
        "resumed": planned.is_resumed,
        "notes": planned.notes,
        "obstacle": planned.obstacle,
    })
}

/// The store called `kind`, as the arguments and the environment say.
fn store(global: &Global, kind: &str) -> Result<Arc<dyn SecretStore>> {
    if kind == "local" {
        return Ok(Arc::new(EmbeddedStore::opened(session::open(global)?)));
    }
    from_environment(kind).ok_or_else(|| {
        let there_is = |kind: &&&str| **kind == "local" || from_environment(kind).is_some();
        let kinds = STORE_KINDS.iter().chain(&["ssm"]);
        let kinds: Vec<&str> = kinds.filter(there_is).copied().collect();
        Failure::Usage {
            what: format!("there is no store \"{kind}\""),
            remedy: format!("name one of {}", kinds.join(", ")),
        }
    })
}
