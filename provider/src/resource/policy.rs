//! `resource "coffer_policy"`

use coffer_plugin::{
    Context, Create, Diagnostic, Diagnostics, Import, Model, ModifyPlan, Plan, Resource, Result,
    Update, ValidateConfig, Value, validators,
};
use coffer_vault::{Error as VaultError, Policy, Rule};

use crate::Coffer;
use crate::failure::cannot;
use crate::place::Place;
use crate::policy_rule::PolicyRule;

/// Says what tokens of the embedded vault may do. Tokens that have the policy follow a change at once.
#[derive(Model)]
pub(crate) struct PolicyOfTokens {
    /// The policy's name.
    #[attr(required, requires_replace, validate = validators::length(1..=128))]
    name: Value<String>,
    #[flatten]
    place: Place,
    /// The rules; their order means nothing.
    #[block(min = 1)]
    rule: Vec<PolicyRule>,
    /// The policy as JSON, as `coffer policy write --file` takes it.
    #[attr(computed)]
    json: Value<String>,
}

impl ValidateConfig for PolicyOfTokens {
    fn validate_config(config: &Self, diagnostics: &mut Diagnostics) {
        let mut paths: Vec<&String> = config
            .rule
            .iter()
            .filter_map(|rule| rule.path.as_known())
            .collect();
        let all = paths.len();
        paths.sort();
        paths.dedup();
        if paths.len() < all {
            diagnostics.error_at(
                "rule",
                "Two rules have the same path",
                "Write the capabilities of one path into one rule.",
            );
        }
    }
}

impl Resource for PolicyOfTokens {
    type Provider = Coffer;
    const TYPE_NAME: &'static str = "coffer_policy";

    async fn create(ctx: &Context<Coffer>, change: Create<Self>) -> Result<Self> {
        let name = change.plan.name.clone().require("name")?;
        if find(ctx, &change.plan.place, &name).await?.is_some() {
            return Err(Diagnostic::error(
                format!("The policy {name} exists already"),
                format!("Take it over with an import block (its ID is \"{name}\"), or choose another name."),
            )
            .at("name")
            .into());
        }
        change.plan.write(ctx).await
    }

    async fn read(ctx: &Context<Coffer>, state: Self) -> Result<Option<Self>> {
        let name = state.name.clone().require("name")?;
        let Some(policy) = find(ctx, &state.place, &name).await? else {
            return Ok(None);
        };
        // The vault keeps no order; rules that are the same stay where the configuration has them.
        let unchanged = sorted(&state.policy()?.rules) == sorted(&policy.rules);
        let rule = if unchanged {
            state.rule
        } else {
            policy.rules.iter().map(PolicyRule::of).collect()
        };
        Ok(Some(Self {
            rule,
            json: Value::Known(json(&policy)),
            ..state
        }))
    }

    async fn update(ctx: &Context<Coffer>, change: Update<Self>) -> Result<Self> {
        change.plan.write(ctx).await
    }

    async fn delete(ctx: &Context<Coffer>, state: Self) -> Result<()> {
        let name = state.name.clone().require("name")?;
        let doing = format!("remove the policy {name}");
        let removed = state
            .place
            .vault(ctx, Self::TYPE_NAME)?
            .with(move |vault| vault.remove_policy(&name))
            .await;
        match removed {
            Err(coffer_backend::Error::Vault(VaultError::NoSuchPolicy { .. })) => Ok(()),
            other => other.map_err(|error| cannot(&doing, &error).into()),
        }
    }
}

impl ModifyPlan for PolicyOfTokens {
    async fn modify_plan(_: &Context<Coffer>, plan: &mut Plan<Self>) -> Result<()> {
        // A rule that is not known yet leaves the text unknown.
        if let Ok(policy) = plan.planned.policy() {
            plan.planned.json = Value::Known(json(&policy));
        }
        Ok(())
    }
}

impl Import for PolicyOfTokens {
    async fn import(_: &Context<Coffer>, id: &str) -> Result<Self> {
        Ok(Self {
            name: Value::Known(id.to_owned()),
            ..Self::null()
        })
    }
}

async fn find(ctx: &Context<Coffer>, place: &Place, name: &str) -> Result<Option<Policy>> {
    let (doing, name) = (format!("read the policy {name}"), name.to_owned());
    let found = place
        .vault(ctx, PolicyOfTokens::TYPE_NAME)?
        .with(move |vault| vault.policy(&name))
        .await;
    match found {
        Ok(policy) => Ok(Some(policy)),
        Err(coffer_backend::Error::Vault(VaultError::NoSuchPolicy { .. })) => Ok(None),
        Err(error) => Err(cannot(&doing, &error).into()),
    }
}

impl PolicyOfTokens {
    fn policy(&self) -> Result<Policy, Diagnostic> {
        let rules: Result<Vec<Rule>, _> = self.rule.iter().map(PolicyRule::to_rule).collect();
        Ok(Policy { rules: rules? })
    }

    async fn write(self, ctx: &Context<Coffer>) -> Result<Self> {
        let name = self.name.clone().require("name")?;
        let policy = self.policy()?;
        let json = json(&policy);
        let doing = format!("write the policy {name}");
        self.place
            .vault(ctx, Self::TYPE_NAME)?
            .with(move |vault| vault.write_policy(&name, policy))
            .await
            .map_err(|error| cannot(&doing, &error))?;
        Ok(Self {
            json: Value::Known(json),
            ..self
        })
    }
}

/// The policy's text, the same for the same rules.
fn json(policy: &Policy) -> String {
    let policy = Policy {
        rules: sorted(&policy.rules),
    };
    // Rules of texts always have a JSON form.
    serde_json::to_string(&policy).unwrap_or_default()
}

fn sorted(rules: &[Rule]) -> Vec<Rule> {
    let mut rules = rules.to_vec();
    rules.sort_by(|left, right| left.path.as_str().cmp(right.path.as_str()));
    rules
}
