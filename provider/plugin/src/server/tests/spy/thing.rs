//! The managed resource of the spy.

use std::time::Duration;

use super::{Spy, behave};
use crate::context::Context;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::{
    Create, Identify, Identity, Import, ImportByIdentity, Model, ModifyPlan, Move, MoveSource,
    Plan, RawState, Resource, Result, Update, Upgrade, ValidateConfig, Value, validators,
};

/// A thing.
#[derive(Model)]
pub(in crate::server::tests) struct Thing {
    /// Its name.
    #[attr(required, requires_replace, validate = validators::length(1..=10))]
    pub(in crate::server::tests) name: Value<String>,
    /// Handed over.
    #[attr(optional, write_only, sensitive)]
    pub(in crate::server::tests) secret_wo: Value<String>,
    /// Stored.
    #[attr(optional, prefer = "secret_wo")]
    pub(in crate::server::tests) secret: Value<String>,
    /// Old.
    #[attr(optional, deprecated = "Use name.")]
    pub(in crate::server::tests) label: Value<String>,
    /// How to behave.
    #[attr(optional)]
    pub(in crate::server::tests) mode: Value<String>,
    /// With a default.
    #[attr(default = "middle")]
    pub(in crate::server::tests) row: Value<String>,
    /// A length of time.
    #[attr(optional)]
    pub(in crate::server::tests) pause: Value<Duration>,
    /// Decided by the spy, anew with each change.
    #[attr(computed)]
    pub(in crate::server::tests) size: Value<i64>,
    /// Decided by the spy, once.
    #[attr(computed, use_state_for_unknown)]
    pub(in crate::server::tests) id: Value<String>,
    /// What hangs on it.
    #[block]
    pub(in crate::server::tests) tag: Vec<Tag>,
    /// How long it may take.
    #[block]
    pub(in crate::server::tests) timeouts: Option<crate::timeouts::Resource>,
}

/// A tag.
#[derive(Clone, Model)]
pub(in crate::server::tests) struct Tag {
    /// What it says.
    #[attr(required, validate = validators::not_empty())]
    pub(in crate::server::tests) text: Value<String>,
    /// Decided by the spy.
    #[attr(computed)]
    pub(in crate::server::tests) id: Value<i64>,
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
pub(in crate::server::tests) struct ThingIdentity {
    /// Its name.
    pub(in crate::server::tests) name: String,
    /// Its place, if it has one.
    #[identity(optional)]
    pub(in crate::server::tests) place: Option<String>,
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
