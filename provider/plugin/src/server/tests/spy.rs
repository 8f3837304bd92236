//! A provider that notes what it is asked to do, and misbehaves when asked to.

use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use crate::context::{Call, Context, lock};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::registration::{action, data_source, ephemeral, function, list_resource, resource};
use crate::{
    Action, Arguments, Close, Create, DataSource, EphemeralResource, Found, Function,
    FunctionError, Identify, Identity, Import, ImportByIdentity, ListResource, Listed, Model,
    ModifyPlan, Move, MoveSource, Offers, Opened, Plan, Progress, Provider, RawState, Renew,
    Resource, Result, Update, Upgrade, ValidateConfig, Value, validators,
};

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

/// A thing.
#[derive(Model)]
pub(super) struct Thing {
    /// Its name.
    #[attr(required, requires_replace, validate = validators::length(1..=10))]
    pub(super) name: Value<String>,
    /// Handed over.
    #[attr(optional, write_only, sensitive)]
    pub(super) secret_wo: Value<String>,
    /// Stored.
    #[attr(optional, prefer = "secret_wo")]
    pub(super) secret: Value<String>,
    /// Old.
    #[attr(optional, deprecated = "Use name.")]
    pub(super) label: Value<String>,
    /// How to behave.
    #[attr(optional)]
    pub(super) mode: Value<String>,
    /// With a default.
    #[attr(default = "middle")]
    pub(super) row: Value<String>,
    /// A length of time.
    #[attr(optional)]
    pub(super) pause: Value<Duration>,
    /// Decided by the spy, anew with each change.
    #[attr(computed)]
    pub(super) size: Value<i64>,
    /// Decided by the spy, once.
    #[attr(computed, use_state_for_unknown)]
    pub(super) id: Value<String>,
    /// What hangs on it.
    #[block]
    pub(super) tag: Vec<Tag>,
    /// How long it may take.
    #[block]
    pub(super) timeouts: Option<crate::timeouts::Resource>,
}

/// A tag.
#[derive(Clone, Model)]
pub(super) struct Tag {
    /// What it says.
    #[attr(required, validate = validators::not_empty())]
    pub(super) text: Value<String>,
    /// Decided by the spy.
    #[attr(computed)]
    pub(super) id: Value<i64>,
}

impl Thing {
    fn settled(mut self) -> Self {
        self.size = Value::Known(7);
        if !self.id.is_known() {
            self.id = Value::Known("id-1".to_owned());
        }
        for (number, tag) in (1..).zip(&mut self.tag) {
            tag.id = Value::Known(number);
        }
        self
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

impl Resource for Thing {
    type Provider = Spy;
    const TYPE_NAME: &'static str = "spy_thing";
    const VERSION: i64 = 2;

    async fn create(ctx: &Context<Spy>, change: Create<Self>) -> Result<Self> {
        let secret = change
            .config
            .secret_wo
            .as_known()
            .map_or("none", String::as_str);
        ctx.data().add(format!("create with {secret}"));
        behave(ctx, &change.plan.mode).await?;
        ctx.private().set("made", "here");
        match change.plan.mode.as_known().map(String::as_str) {
            Some("unsettled") => Ok(change.plan),
            Some("half") => {
                ctx.report(Diagnostic::error("Half done", "The rest is missing."));
                Ok(Self {
                    id: Value::Known("half".to_owned()),
                    ..change.plan
                })
            }
            Some("rewrite") => Ok(Self {
                name: Value::Known("other".to_owned()),
                secret_wo: change.config.secret_wo,
                tag: Vec::new(),
                ..change.plan.settled()
            }),
            _ => Ok(change.plan.settled()),
        }
    }

    async fn read(ctx: &Context<Spy>, state: Self) -> Result<Option<Self>> {
        behave(ctx, &state.mode).await?;
        match state.mode.as_known().map(String::as_str) {
            Some("gone") => Ok(None),
            Some("leak") => Ok(Some(Self {
                secret_wo: Value::Known("hunter2".to_owned()),
                ..state
            })),
            Some("drift") => {
                let pause = Value::Known(Duration::from_secs(3600));
                Ok(Some(Self {
                    size: Value::Known(8),
                    pause,
                    ..state
                }))
            }
            _ => Ok(Some(state)),
        }
    }

    async fn update(ctx: &Context<Spy>, change: Update<Self>) -> Result<Self> {
        ctx.data().add("update");
        behave(ctx, &change.plan.mode).await?;
        Ok(change.plan.settled())
    }

    async fn delete(ctx: &Context<Spy>, state: Self) -> Result<()> {
        ctx.data().add("delete");
        behave(ctx, &state.mode).await
    }
}

impl ValidateConfig for Thing {
    fn validate_config(config: &Self, diagnostics: &mut Diagnostics) {
        if config.label.is_known() && config.row.is_known() {
            diagnostics.error_at("row", "Label and row", "Choose one.");
        }
    }
}

impl ModifyPlan for Thing {
    async fn modify_plan(ctx: &Context<Spy>, plan: &mut Plan<Self>) -> Result<()> {
        if let Value::Known(secret) = &plan.config.secret_wo {
            ctx.data().add(format!("plan with {secret}"));
        }
        match plan.config.mode.as_known().map(String::as_str) {
            Some("plan fails") => {
                ctx.warn("First", "A warning.");
                return Err(Diagnostic::error("Second", "An error.").into());
            }
            Some("plan panics") => panic!("hunter2"),
            Some("rotate") => {
                plan.planned.size = Value::Unknown;
                // Neither is its to change.
                plan.planned.name = Value::Known("other".to_owned());
                plan.planned.secret_wo = Value::Known("hunter2".to_owned());
            }
            Some("recompute") => plan.recompute()?,
            Some("replace") => plan.require_replace("mode"),
            Some("known") => plan.planned.size = Value::Known(7),
            _ => {}
        }
        Ok(())
    }

    async fn plan_delete(ctx: &Context<Spy>, state: &Self) -> Result<()> {
        let name = state.name.as_known().map_or("", String::as_str);
        ctx.warn("Goes away", format!("The thing {name} goes away."));
        Ok(())
    }
}

impl Import for Thing {
    async fn import(ctx: &Context<Spy>, id: &str) -> Result<Self> {
        ctx.data().add(format!("import {id}"));
        let secret_wo = Value::Known("hunter2".to_owned());
        Ok(Self {
            name: Value::Known(id.to_owned()),
            secret_wo,
            ..Self::null()
        })
    }
}

/// What identifies a thing.
#[derive(Identity)]
#[identity(version = 1)]
pub(super) struct ThingIdentity {
    /// Its name.
    pub(super) name: String,
    /// Its place, if it has one.
    #[identity(optional)]
    pub(super) place: Option<String>,
}

impl Identify for Thing {
    type Identity = ThingIdentity;

    fn identity(state: &Self) -> ThingIdentity {
        let name = state.name.as_known().cloned().unwrap_or_default();
        ThingIdentity { name, place: None }
    }
}

impl ImportByIdentity for Thing {
    async fn import_by_identity(ctx: &Context<Spy>, identity: ThingIdentity) -> Result<Self> {
        Self::import(ctx, &identity.name).await
    }
}

/// A thing as version 1 stored it.
#[derive(Model)]
struct ThingV1 {
    /// Its name.
    #[attr(required)]
    title: Value<String>,
}

impl Upgrade for Thing {
    fn upgrade(version: i64, state: RawState) -> Result<Self> {
        match version {
            1 => Ok(Self {
                name: state.decode::<ThingV1>()?.title,
                ..Self::null()
            }),
            _ => Err(Diagnostic::error("Too old", "Import it again.").into()),
        }
    }
}

impl Move for Thing {
    fn move_from(source: MoveSource) -> Result<Option<Self>> {
        if source.type_name != "old_thing" {
            return Ok(None);
        }
        Ok(Some(Self {
            name: source.state.decode::<ThingV1>()?.title,
            ..Self::null()
        }))
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
