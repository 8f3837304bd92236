//! The listing of the wards.

use coffer_plugin::{Context, Found, ListResource, Listed, Model, Result, Value};

use crate::Corner;
use crate::ward::Ward;
use crate::ward_state::WardIdentity;
use crate::world::broken;

/// The wards in the folder.
#[derive(Model)]
pub(crate) struct Wards {
    /// With which letters their names begin.
    #[attr(optional)]
    prefix: Value<String>,
}

impl ListResource for Wards {
    type Provider = Corner;
    type Resource = Ward;

    async fn list(ctx: &Context<Corner>, config: Self, found: &mut Found<Ward>) -> Result<()> {
        let prefix = config.prefix.known_or_else(String::new);
        for name in ctx.data().names().map_err(broken)? {
            if !name.starts_with(&prefix) {
                continue;
            }
            let mut listed = Listed::new(name.clone(), WardIdentity::named(name.clone()));
            if found.wants_state() {
                listed.state = Some(Ward {
                    name: Value::Known(name),
                    floor: Value::Known("ground".to_owned()),
                    ..Ward::null()
                });
            }
            if !found.push(listed).await {
                break;
            }
        }
        Ok(())
    }
}
