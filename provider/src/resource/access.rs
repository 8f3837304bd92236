//! `resource "coffer_access"`

use coffer_plugin::{
    Context, Create, Diagnostic, Import, Model, ModifyPlan, Plan, Resource, Result, Update, Value,
    validators,
};
use coffer_vault::{Error as VaultError, Role, RoleRequest, SignedDuration};

use crate::Coffer;
use crate::failure::cannot;
use crate::grants::Grants;
use crate::period::{Period, refreshed};
use crate::place::Place;

/// Lets a machine use the embedded vault: a role that opens the scopes granted to it, by encryption, and nothing else.
///
/// The machine logs in with the role's id, which is no secret by itself, and with a secret id that is good for a few
/// times, usually once: `coffer role secret-id` makes one. Neither opens anything without the other.
///
/// A change makes a new role of the same name. Destroying it revokes its secret ids and the tokens of
/// its machines.
#[derive(Model)]
pub(crate) struct Access {
    /// The role's name.
    #[attr(required, requires_replace, validate = validators::length(1..=100))]
    name: Value<String>,
    #[flatten]
    place: Place,
    #[flatten]
    grants: Grants,
    /// For how long a secret id can be used. `1h` unless set.
    #[attr(optional, requires_replace)]
    secret_id_ttl: Value<Period>,
    /// For how many logins a secret id is good. 1 unless set; a plan and an apply of Terraform are several.
    #[attr(optional, requires_replace, validate = validators::at_least(1))]
    secret_id_num_uses: Value<u32>,
    /// The role's id, for `COFFER_ROLE_ID` and the provider's `local { role_id }`. It opens nothing without a secret id.
    #[attr(computed, use_state_for_unknown)]
    role_id: Value<String>,
}

const SECRET_ID_TTL: SignedDuration = SignedDuration::from_hours(1);

impl Resource for Access {
    type Provider = Coffer;
    const TYPE_NAME: &'static str = "coffer_access";

    async fn create(ctx: &Context<Coffer>, change: Create<Self>) -> Result<Self> {
        let plan = change.plan;
        let name = plan.name.clone().require("name")?;
        let request = plan.request()?;
        let doing = format!("make the role {name}");
        let role = plan
            .place
            .vault(ctx, Self::TYPE_NAME)?
            .with(move |vault| vault.create_role(&name, request))
            .await
            .map_err(|error| cannot(&doing, &error))?;
        Ok(Self {
            role_id: Value::Known(role.id),
            ..plan
        })
    }

    async fn read(ctx: &Context<Coffer>, state: Self) -> Result<Option<Self>> {
        let name = state.name.clone().require("name")?;
        let roles = state
            .place
            .vault(ctx, Self::TYPE_NAME)?
            .with(|vault| vault.roles())
            .await
            .map_err(|error| cannot("list the roles", &error))?;
        let found = roles.into_iter().find(|(role, _)| *role == name);
        Ok(found.map(|(_, role)| state.refreshed(role)))
    }

    async fn update(_: &Context<Coffer>, change: Update<Self>) -> Result<Self> {
        // Every change of what is granted replaces the role.
        Ok(Self {
            role_id: change.prior.role_id,
            ..change.plan
        })
    }

    async fn delete(ctx: &Context<Coffer>, state: Self) -> Result<()> {
        let name = state.name.clone().require("name")?;
        let doing = format!("remove the role {name}");
        let removed = state
            .place
            .vault(ctx, Self::TYPE_NAME)?
            .with(move |vault| vault.delete_role(&name))
            .await;
        match removed {
            Ok(_)
            | Err(coffer_backend::Error::Vault(
                VaultError::NoSuchRole { .. } | VaultError::NotWiped { .. },
            )) => Ok(()),
            Err(error) => Err(cannot(&doing, &error).into()),
        }
    }
}

impl ModifyPlan for Access {
    async fn modify_plan(_: &Context<Coffer>, plan: &mut Plan<Self>) -> Result<()> {
        // A role is never changed under the feet of its machines: no login of the old one goes on with other rights.
        if let Some(prior) = &plan.prior
            && !prior.grants.has_the_rules_of(&plan.planned.grants)
        {
            plan.require_replace("rule");
        }
        Ok(())
    }
}

impl Import for Access {
    async fn import(_: &Context<Coffer>, id: &str) -> Result<Self> {
        let (place, name) = Place::of_import(id)?;
        Ok(Self {
            name: Value::Known(name.0.to_string()),
            place,
            ..Self::null()
        })
    }
}

impl Access {
    fn request(&self) -> Result<RoleRequest, Diagnostic> {
        let secret_id_ttl = self.secret_id_ttl.as_known();
        Ok(RoleRequest {
            token: self.grants.token_request(None, String::new())?,
            secret_id_ttl: secret_id_ttl.map_or(SECRET_ID_TTL, Period::length),
            secret_id_uses: self.secret_id_num_uses.as_known().copied().unwrap_or(1),
        })
    }

    /// With what the vault says now. What is not set here and is the default there stays unset.
    fn refreshed(self, role: Role) -> Self {
        let uses = self.secret_id_num_uses.as_known().copied().unwrap_or(1);
        Self {
            grants: self.grants.refreshed(&role),
            secret_id_ttl: refreshed(self.secret_id_ttl, role.secret_id_ttl, SECRET_ID_TTL),
            secret_id_num_uses: if uses == role.secret_id_uses {
                self.secret_id_num_uses
            } else {
                Value::Known(role.secret_id_uses)
            },
            role_id: Value::Known(role.id),
            ..self
        }
    }
}
