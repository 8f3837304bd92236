//! A provider that notes what it is asked to do, and misbehaves when asked to.

mod thing;

use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use crate::context::{Call, Context, lock};
use crate::diagnostic::Diagnostic;
use crate::registration::{action, data_source, ephemeral, function, list_resource, resource};
use crate::{
    Action, Arguments, Close, DataSource, EphemeralResource, Found, Function, FunctionError,
    ListResource, Listed, Model, Offers, Opened, Progress, Provider, Renew, Result, Value,
    validators,
};

pub(super) use thing::{Thing, ThingIdentity};

pub(super) struct Spy;

#[derive(Debug, Default)]
pub(super) struct Notes {
    list: Mutex<Vec<String>>,
}

impl Notes {
    pub(super) fn add(&self, note: impl Into<String>) {
        lock(&self.list).push(note.into());
    }

    pub(super) fn take(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.list))
    }

    /// Waits until something is noted.
    pub(super) async fn until(&self, note: &str) {
        while !lock(&self.list).iter().any(|own| own == note) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

/// The spy.
#[derive(Model)]
pub(super) struct SpyConfig {
    /// Where it works.
    #[attr(optional, validate = validators::not_empty())]
    pub(super) endpoint: Value<String>,
}

impl Provider for Spy {
    type Config = SpyConfig;
    type Data = Notes;
    const NAME: &'static str = "spy";
    const ADDRESS: &'static str = "registry.terraform.io/example/spy";
    const VERSION: &'static str = "1.2.3";

    fn offers() -> Offers<Self> {
        Offers::new()
            .resource(
                resource::<Thing>()
                    .validates()
                    .modifies_plan()
                    .imports()
                    .imports_by_identity()
                    .upgrades()
                    .moves(),
            )
            .ephemeral(ephemeral::<Lease>().renews().closes())
            .data_source(data_source::<View>())
            .function(function::<Join>())
            .action(action::<Ring>())
            .list_resource(list_resource::<AllThings>())
    }

    async fn configure(call: &Call, config: SpyConfig) -> Result<Notes> {
        match config.endpoint {
            Value::Known(name) if name == "nowhere" => {
                Err(Diagnostic::error("No such place", "Name another.")
                    .at("endpoint")
                    .into())
            }
            _ => {
                let notes = Notes::default();
                if call.capabilities().deferral_allowed {
                    notes.add("apply walk");
                }
                Ok(notes)
            }
        }
    }

    async fn shutdown(notes: &Notes) {
        notes.add("farewell");
    }
}

/// What a mode asks for, before anything else is done.
async fn behave(ctx: &Context<Spy>, mode: &Value<String>) -> Result<()> {
    match mode.as_known().map(String::as_str) {
        Some("panic") => panic!("hunter2"),
        Some("blocking panic") => ctx.blocking(|| panic!("hunter2")).await,
        Some("fail") => Err(Diagnostic::error("Failed", "As asked.").at("mode").into()),
        Some("wait") => {
            ctx.data().add("waiting");
            ctx.cancelled().await;
            Err(Diagnostic::error("Gave up", "As asked.").into())
        }
        Some("ask") => {
            ctx.data().add(format!("cancelled: {}", ctx.is_cancelled()));
            Ok(())
        }
        Some("hang") => {
            ctx.data().add("hanging");
            std::future::pending().await
        }
        Some("warn") => {
            ctx.warn("Careful", "As asked.");
            Ok(())
        }
        _ => Ok(()),
    }
}

/// A lease.
#[derive(Model)]
pub(super) struct Lease {
    /// Whose.
    #[attr(required)]
    name: Value<String>,
    /// How to behave.
    #[attr(optional)]
    mode: Value<String>,
    /// Where, or somewhere.
    #[attr(optional, computed)]
    place: Value<String>,
    /// What it is worth.
    #[attr(computed, sensitive)]
    token: Value<String>,
}

impl EphemeralResource for Lease {
    type Provider = Spy;
    type Lease = String;
    const TYPE_NAME: &'static str = "spy_lease";

    async fn open(ctx: &Context<Spy>, config: Self) -> Result<Opened<Self>> {
        behave(ctx, &config.mode).await?;
        let name = config.name.clone().require("name")?;
        let later = config.mode == Value::Known("later".to_owned());
        let token = if later {
            Value::Unknown
        } else {
            Value::Known(format!("token of {name}"))
        };
        let place = Value::Known("somewhere".to_owned());
        // What is configured comes back as it was, whatever is said here.
        let result = Self {
            name: Value::Null,
            token,
            place,
            ..config
        };
        Ok(Opened::leased(result, name).renew_at(SystemTime::UNIX_EPOCH + Duration::from_secs(60)))
    }
}

impl Renew for Lease {
    async fn renew(ctx: &Context<Spy>, lease: &String) -> Result<Option<SystemTime>> {
        ctx.data().add(format!("renew {lease}"));
        Ok(None)
    }
}

impl Close for Lease {
    async fn close(ctx: &Context<Spy>, lease: String) -> Result<()> {
        ctx.data().add(format!("close {lease}"));
        match lease.as_str() {
            "stuck" => Err(Diagnostic::error("Stuck", "Try again.").into()),
            "slow" => std::future::pending().await,
            "explosive" => panic!("hunter2"),
            _ => Ok(()),
        }
    }
}

/// A view.
#[derive(Model)]
pub(super) struct View {
    /// Of what.
    #[attr(required)]
    name: Value<String>,
    /// What is seen.
    #[attr(computed)]
    sight: Value<Vec<f64>>,
}

impl DataSource for View {
    type Provider = Spy;
    const TYPE_NAME: &'static str = "spy_view";

    async fn read(ctx: &Context<Spy>, config: Self) -> Result<Self> {
        behave(ctx, &config.name).await?;
        Ok(Self {
            name: Value::Null,
            sight: Value::Known(vec![0.5, 2.0]),
        })
    }
}

/// Joins texts.
#[derive(Arguments)]
pub(super) struct Join {
    /// What stands between.
    between: Option<String>,
    /// What is joined.
    #[arg(variadic)]
    parts: Vec<String>,
}

impl Function for Join {
    type Output = String;
    const NAME: &'static str = "join";
    const SUMMARY: &'static str = "Joins texts";

    fn call(self) -> Result<String, FunctionError> {
        if self.parts.iter().any(|part| part == "panic") {
            panic!("hunter2");
        }
        if let Some(position) = self.parts.iter().position(String::is_empty) {
            return Err(FunctionError::at(position + 1, "a part is empty"));
        }
        match self.between {
            Some(between) if between.len() > 3 => Err(FunctionError::argument(
                "between",
                "three characters at most",
            )),
            between => Ok(self.parts.join(&between.unwrap_or_default())),
        }
    }
}

/// Rings.
#[derive(Model)]
pub(super) struct Ring {
    /// How often.
    #[attr(required, validate = validators::between(1..=3))]
    times: Value<u8>,
    /// How to behave.
    #[attr(optional)]
    mode: Value<String>,
}

impl Action for Ring {
    type Provider = Spy;
    const TYPE_NAME: &'static str = "spy_ring";

    async fn plan(ctx: &Context<Spy>, config: &Self) -> Result<()> {
        behave(ctx, &config.mode).await
    }

    async fn invoke(ctx: &Context<Spy>, config: Self, progress: &Progress) -> Result<()> {
        for time in 1..=config.times.require("times")? {
            progress.report(format!("ring {time}"));
        }
        behave(ctx, &config.mode).await
    }
}

/// All things.
#[derive(Model)]
pub(super) struct AllThings {
    /// How many there are.
    #[attr(required)]
    count_of_them: Value<u32>,
}

impl ListResource for AllThings {
    type Provider = Spy;
    type Resource = Thing;

    async fn list(ctx: &Context<Spy>, config: Self, found: &mut Found<Thing>) -> Result<()> {
        for number in 0..config.count_of_them.require("count_of_them")? {
            let name = format!("thing {number}");
            let identity = ThingIdentity {
                name: name.clone(),
                place: None,
            };
            let mut listed = Listed::new(name.clone(), identity);
            if found.wants_state() {
                let secret_wo = Value::Known("hunter2".to_owned());
                listed.state = Some(Thing {
                    name: name.into(),
                    secret_wo,
                    ..Thing::null()
                });
            }
            ctx.data().add(format!("found {number}"));
            if !found.push(listed).await {
                return Ok(());
            }
        }
        Err(Diagnostic::error("Came to the end", "As asked.").into())
    }
}
