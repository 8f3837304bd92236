//! `resource "coffer_access"`

use std::collections::BTreeSet;

use coffer_plugin::{
    Context, Create, Diagnostic, Import, Model, Resource, Result, Update, Value, validators,
};
use coffer_vault::{Error as VaultError, Role, RoleRequest, Rule, SignedDuration, TokenRequest};

use crate::Coffer;
use crate::failure::cannot;
use crate::period::Period;
use crate::place::Place;
use crate::policy_rule::PolicyRule;

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
    /// The scopes that it opens, such as `prod/payments/`; `""` is the scope of all names that have no other.
    #[attr(required, requires_replace, validate = validators::items(1..=100))]
    scopes: Value<BTreeSet<String>>,
    /// The names of policies that it follows.
    #[attr(optional, requires_replace)]
    policies: Value<BTreeSet<String>>,
    /// For how long a login is valid unless it is renewed. `15m` unless set.
    #[attr(optional, requires_replace)]
    ttl: Value<Period>,
    /// For how long it can be renewed. `12h` unless set.
    #[attr(optional, requires_replace)]
    explicit_max_ttl: Value<Period>,
    /// For how long a secret id can be used. `1h` unless set.
    #[attr(optional, requires_replace)]
    secret_id_ttl: Value<Period>,
    /// For how many logins a secret id is good. 1 unless set; a plan and an apply of Terraform are several.
    #[attr(optional, requires_replace, validate = validators::at_least(1))]
    secret_id_num_uses: Value<u32>,
    /// What it may do, beside what its policies say. With neither, everything inside its scopes.
    #[block]
    rule: Vec<PolicyRule>,
    /// The role's id, for `COFFER_ROLE_ID` and the provider's `local { role_id }`. It opens nothing without a secret id.
    #[attr(computed)]
    role_id: Value<String>,
}

const TTL: SignedDuration = SignedDuration::from_mins(15);
const MAX_TTL: SignedDuration = SignedDuration::from_hours(12);
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

    async fn update(ctx: &Context<Coffer>, change: Update<Self>) -> Result<Self> {
        // What can change without a replacement is a rule: a new role all the same, so that no login of the old one
        // goes on with rights that it no longer has.
        let plan = change.plan;
        let name = plan.name.clone().require("name")?;
        let request = plan.request()?;
        let doing = format!("make the role {name} anew");
        let role = plan
            .place
            .vault(ctx, Self::TYPE_NAME)?
            .with(move |vault| {
                vault.delete_role(&name)?;
                vault.create_role(&name, request)
            })
            .await
            .map_err(|error| cannot(&doing, &error))?;
        Ok(Self {
            role_id: Value::Known(role.id),
            ..plan
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
        let length =
            |value: &Value<Period>, default| value.as_known().map_or(default, Period::length);
        let names = |value: &Value<BTreeSet<String>>| -> Vec<String> {
            value.as_known().into_iter().flatten().cloned().collect()
        };
        let rules: Result<Vec<Rule>, Diagnostic> =
            self.rule.iter().map(PolicyRule::to_rule).collect();
        let ttl = length(&self.ttl, TTL);
        Ok(RoleRequest {
            token: TokenRequest {
                scopes: names(&self.scopes),
                policies: names(&self.policies),
                rules: rules?,
                ttl,
                max_ttl: length(&self.explicit_max_ttl, MAX_TTL).max(ttl),
                uses: None,
                label: String::new(),
            },
            secret_id_ttl: length(&self.secret_id_ttl, SECRET_ID_TTL),
            secret_id_uses: self.secret_id_num_uses.as_known().copied().unwrap_or(1),
        })
    }

    /// With what the vault says now. What is not set here and is the default there stays unset.
    fn refreshed(self, role: Role) -> Self {
        let period = |own: Value<Period>, stored: i64, default: SignedDuration| {
            if own.as_known().map_or(default, Period::length).as_secs() == stored {
                own
            } else {
                Period::parse(&format!("{stored}s")).ok().into()
            }
        };
        let policies = if role.policies.is_empty() && self.policies.is_null() {
            Value::Null
        } else {
            Value::Known(role.policies.into_iter().collect())
        };
        let max_default = MAX_TTL.max(SignedDuration::from_secs(role.ttl));
        let uses = self.secret_id_num_uses.as_known().copied().unwrap_or(1);
        let own: Result<Vec<Rule>, _> = self.rule.iter().map(PolicyRule::to_rule).collect();
        let rule = match own {
            Ok(own) if own == role.rules => self.rule,
            _ => role.rules.iter().map(PolicyRule::of).collect(),
        };
        Self {
            scopes: Value::Known(role.scopes.into_iter().collect()),
            policies,
            ttl: period(self.ttl, role.ttl, TTL),
            explicit_max_ttl: period(self.explicit_max_ttl, role.max_ttl, max_default),
            secret_id_ttl: period(self.secret_id_ttl, role.secret_id_ttl, SECRET_ID_TTL),
            secret_id_num_uses: if uses == role.secret_id_uses {
                self.secret_id_num_uses
            } else {
                Value::Known(role.secret_id_uses)
            },
            rule,
            role_id: Value::Known(role.id),
            ..self
        }
    }
}
