//! How a ward comes into state otherwise than by apply. Each way hands a write-only value over by mistake: the SDK lets
//! none through.

use coffer_plugin::{
    Context, Diagnostic, Identify, Identity, Import, ImportByIdentity, Model, Move, MoveSource,
    RawState, Result, Upgrade, Value,
};

use crate::Corner;
use crate::ward::Ward;

/// What must be stored nowhere.
const MISTAKE: &str = "secret-by-mistake";

impl Ward {
    fn of(name: Value<String>) -> Self {
        let floor = Value::Known("ground".to_owned());
        let secret_wo = Value::Known(MISTAKE.to_owned());
        Self {
            name,
            floor,
            secret_wo,
            ..Self::null()
        }
    }
}

impl Import for Ward {
    async fn import(_: &Context<Corner>, id: &str) -> Result<Self> {
        if id.contains('/') {
            let detail = "An ID is the name of a ward, which has no slash.";
            return Err(Diagnostic::error("Malformed ID", detail).into());
        }
        Ok(Self::of(Value::Known(id.to_owned())))
    }
}

/// What identifies a ward.
#[derive(Identity)]
#[identity(version = 1)]
pub(crate) struct WardIdentity {
    /// Its name.
    name: String,
    /// Its house, if it is not the main one.
    #[identity(optional)]
    house: Option<String>,
}

impl WardIdentity {
    pub(crate) fn named(name: String) -> Self {
        Self { name, house: None }
    }
}

impl Identify for Ward {
    type Identity = WardIdentity;

    fn identity(state: &Self) -> WardIdentity {
        WardIdentity::named(state.name.as_known().cloned().unwrap_or_default())
    }
}

impl ImportByIdentity for Ward {
    async fn import_by_identity(ctx: &Context<Corner>, identity: WardIdentity) -> Result<Self> {
        Self::import(ctx, &identity.name).await
    }
}

/// A ward as version 0 stored it.
#[derive(Model)]
struct WardV0 {
    /// What it was called.
    #[attr(required)]
    title: Value<String>,
}

impl Upgrade for Ward {
    fn upgrade(_: i64, state: RawState) -> Result<Self> {
        Ok(Self::of(state.decode::<WardV0>()?.title))
    }
}

impl Move for Ward {
    fn move_from(source: MoveSource) -> Result<Option<Self>> {
        if source.type_name != "corner_cot" {
            return Ok(None);
        }
        Ok(Some(Self::of(source.state.decode::<WardV0>()?.title)))
    }
}
