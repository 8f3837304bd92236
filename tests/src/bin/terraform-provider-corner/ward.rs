//! `corner_ward`: a managed resource with an attribute and a block of every kind.

use std::collections::{BTreeMap, BTreeSet};

use coffer_plugin::cty::{Cty, Number};
use coffer_plugin::{
    Context, Create, Diagnostic, Diagnostics, Model, ModifyPlan, ObjectType, Plan, Resource,
    Result, Update, ValidateConfig, Value, timeouts, validators,
};

use crate::Corner;
use crate::mode::behave;
use crate::world::broken;

/// A ward.
#[derive(Model)]
pub(crate) struct Ward {
    /// Its name.
    #[attr(required, requires_replace, validate = validators::not_empty())]
    pub(crate) name: Value<String>,
    /// Its secret, handed over and not stored.
    #[attr(optional, write_only, sensitive)]
    pub(crate) secret_wo: Value<String>,
    /// Raise it to hand the secret over again.
    #[attr(optional)]
    pub(crate) secret_wo_version: Value<i64>,
    /// How to behave: panic, fail, fail twice, wait, hang, half, plan panic.
    #[attr(optional)]
    pub(crate) mode: Value<String>,
    /// What it was called once.
    #[attr(optional, deprecated = "Use name.")]
    pub(crate) title: Value<String>,
    /// Where it is.
    #[attr(default = "ground")]
    pub(crate) floor: Value<String>,
    /// An exact number.
    #[attr(optional)]
    pub(crate) budget: Value<Number>,
    /// Words in no order.
    #[attr(optional)]
    pub(crate) words: Value<BTreeSet<String>>,
    /// Words by name.
    #[attr(optional)]
    pub(crate) labels: Value<BTreeMap<String, String>>,
    /// Anything.
    #[attr(optional)]
    pub(crate) anything: Value<Cty>,
    /// Who leads it.
    #[attr(optional)]
    pub(crate) leader: Value<Person>,
    /// Known after apply, and anew with each change.
    #[attr(computed)]
    pub(crate) revision: Value<i64>,
    /// Known after apply, once.
    #[attr(computed, use_state_for_unknown)]
    pub(crate) id: Value<String>,
    /// Its beds in order.
    #[block]
    pub(crate) bed: Vec<Bed>,
    /// Its visitors in no order.
    #[block(set)]
    pub(crate) visitor: Vec<Visitor>,
    /// Its doors by name.
    #[block]
    pub(crate) door: BTreeMap<String, Door>,
    /// How long it may take.
    #[block]
    pub(crate) timeouts: Option<timeouts::Resource>,
}

/// A person.
#[derive(Clone, Debug, PartialEq, ObjectType)]
pub(crate) struct Person {
    name: String,
    age: Option<i64>,
}

/// A bed.
#[derive(Clone, Debug, Model)]
pub(crate) struct Bed {
    /// Who lies in it.
    #[attr(required)]
    patient: Value<String>,
    /// Handed over and not stored.
    #[attr(optional, write_only)]
    note_wo: Value<String>,
    /// Known after apply.
    #[attr(computed)]
    number: Value<i64>,
}

/// A visitor.
#[derive(Clone, Debug, Model)]
pub(crate) struct Visitor {
    /// Who comes.
    #[attr(required)]
    name: Value<String>,
}

/// A door.
#[derive(Clone, Debug, Model)]
pub(crate) struct Door {
    /// Whether it is open.
    #[attr(optional)]
    open: Value<bool>,
}

impl Ward {
    /// With all that is known after apply.
    fn settled(mut self, revision: i64) -> Self {
        self.revision = Value::Known(revision);
        if !self.id.is_known() {
            let name = self.name.as_known().map_or("", String::as_str);
            self.id = Value::Known(format!("ward-{name}"));
        }
        for (number, bed) in (1..).zip(&mut self.bed) {
            bed.number = Value::Known(number);
        }
        self
    }

    fn secret(&self) -> &str {
        self.secret_wo.as_known().map_or("nothing", String::as_str)
    }
}

impl ValidateConfig for Ward {
    fn validate_config(config: &Self, diagnostics: &mut Diagnostics) {
        if config.secret_wo_version.is_known() && config.secret_wo.is_null() {
            diagnostics.warning_at(
                "secret_wo_version",
                "Version without a secret",
                "Set secret_wo too.",
            );
        }
        for (index, bed) in config.bed.iter().enumerate() {
            if bed.patient.as_known().is_some_and(String::is_empty) {
                let path = coffer_plugin::Path::root()
                    .attribute("bed")
                    .index(index)
                    .attribute("patient");
                diagnostics.error_at(path, "Nobody in bed", "Name the patient.");
            }
        }
    }
}

impl ModifyPlan for Ward {
    async fn modify_plan(ctx: &Context<Corner>, plan: &mut Plan<Self>) -> Result<()> {
        match plan.config.mode.as_known().map(String::as_str) {
            Some("plan panic") => crate::mode::panic(),
            Some("needs region") if ctx.data().region.is_unknown() => {
                return Err(Diagnostic::error(
                    "Region is not known yet",
                    "Apply what it is made of first.",
                )
                .into());
            }
            _ => {}
        }
        if let Some(secret) = plan.config.secret_wo.as_known() {
            ctx.data()
                .note(&format!("plan with {secret}"))
                .map_err(broken)?;
        }
        Ok(())
    }
}

impl Resource for Ward {
    type Provider = Corner;
    const TYPE_NAME: &'static str = "corner_ward";
    const VERSION: i64 = 1;

    async fn create(ctx: &Context<Corner>, change: Create<Self>) -> Result<Self> {
        let name = change.plan.name.clone().require("name")?;
        ctx.data()
            .note(&format!("create {name} with {}", change.config.secret()))
            .map_err(broken)?;
        behave(ctx, &format!("create {name}"), &change.plan.mode).await?;
        ctx.data()
            .put(&name, change.config.secret())
            .map_err(broken)?;
        ctx.private().set("made", name.into_bytes());
        if change
            .plan
            .mode
            .as_known()
            .is_some_and(|mode| mode == "half")
        {
            ctx.report(Diagnostic::error("Half made", "The rest is missing."));
            return Ok(change.plan);
        }
        Ok(change.plan.settled(1))
    }

    async fn read(ctx: &Context<Corner>, state: Self) -> Result<Option<Self>> {
        let name = state.name.clone().require("name")?;
        let made = ctx.private().get("made").map(<[u8]>::to_vec);
        let kept = made.is_none_or(|made| made == name.as_bytes());
        if !kept {
            return Err(
                Diagnostic::error("Private state is lost", "It is of another ward.").into(),
            );
        }
        match ctx.data().has(&name) {
            // What was imported has nothing but its name yet.
            true if !state.id.is_known() => Ok(Some(Self {
                floor: Value::Known("ground".to_owned()),
                ..state.settled(1)
            })),
            true => Ok(Some(state)),
            false => Ok(None),
        }
    }

    async fn update(ctx: &Context<Corner>, change: Update<Self>) -> Result<Self> {
        let name = change.plan.name.clone().require("name")?;
        ctx.data()
            .note(&format!("update {name} with {}", change.config.secret()))
            .map_err(broken)?;
        behave(ctx, &format!("update {name}"), &change.plan.mode).await?;
        if change.prior.secret_wo_version != change.plan.secret_wo_version {
            ctx.data()
                .put(&name, change.config.secret())
                .map_err(broken)?;
        }
        let revision = change.prior.revision.as_known().copied().unwrap_or(0);
        Ok(change.plan.settled(revision.saturating_add(1)))
    }

    async fn delete(ctx: &Context<Corner>, state: Self) -> Result<()> {
        let name = state.name.clone().require("name")?;
        ctx.data().note(&format!("delete {name}")).map_err(broken)?;
        behave(ctx, &format!("delete {name}"), &state.mode).await?;
        ctx.data().remove(&name).map_err(broken)
    }
}
