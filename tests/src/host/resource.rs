//! The life of a managed resource: plan, apply, read, and again.

use super::codec;
use super::diagnostic::{Diagnostic, Severity, written};
use super::failure::{Failure, warnings};
use super::identity;
use super::proposed::proposed;
use super::proto::tfplugin5 as wire;
use super::rules;
use super::schema::Schema;
use super::session::Host;
use super::value::Value;

/// A managed resource of the provider.
#[derive(Clone, Copy, Debug)]
pub struct Managed<'h> {
    pub(super) host: &'h Host,
    pub(super) name: &'h str,
    pub(super) schema: &'h Schema,
}

/// What Terraform stores of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// Its state.
    pub state: Value,
    /// What the provider keeps beside it.
    pub private: Vec<u8>,
    /// What identifies it.
    pub identity: Option<Value>,
}

/// What a plan is about to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Nothing.
    None,
    /// To create.
    Create,
    /// To update in place.
    Update,
    /// To delete and create anew.
    Replace,
    /// To delete.
    Delete,
}

/// A plan.
#[derive(Clone, Debug)]
pub struct Planned {
    /// What it is about to do.
    pub change: Change,
    /// The state that is planned.
    pub state: Value,
    /// Because of which attributes it is replaced.
    pub because: Vec<String>,
    /// Warnings.
    pub warnings: Vec<Diagnostic>,
    pub(super) prior: Option<Instance>,
    pub(super) private: Vec<u8>,
    pub(super) identity: Option<wire::ResourceIdentityData>,
}

/// What came of a plan.
#[derive(Clone, Debug)]
pub struct Applied {
    /// What is stored now; after an error, what was reached.
    pub instance: Option<Instance>,
    /// Warnings and errors.
    pub diagnostics: Vec<Diagnostic>,
}

impl Host {
    /// The managed resource `name`.
    ///
    /// # Errors
    /// When there is none.
    pub fn resource<'h>(&'h self, name: &'h str) -> Result<Managed<'h>, Failure> {
        let schema = self.schema().resources.get(name);
        let schema = schema.ok_or_else(|| Failure::NotOffered(format!("resource {name}")))?;
        Ok(Managed {
            host: self,
            name,
            schema,
        })
    }
}

impl Applied {
    /// What is stored, if all went well.
    ///
    /// # Errors
    /// The errors.
    pub fn succeeded(self) -> Result<Option<Instance>, Failure> {
        let failed = self
            .diagnostics
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Error);
        if failed {
            return Err(Failure::Diagnostics(self.diagnostics));
        }
        Ok(self.instance)
    }
}

impl Managed<'_> {
    /// Its schema.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        self.schema
    }

    /// A configuration of these attributes and blocks.
    pub fn config<'a>(&self, members: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
        self.schema.config(members)
    }

    /// Has `config` judged; gives the warnings.
    ///
    /// # Errors
    /// What the provider reports.
    pub async fn validate(&self, config: &Value) -> Result<Vec<Diagnostic>, Failure> {
        self.validate_for(config, true).await
    }

    /// Has `config` judged for a host that keeps write-only values out of state, or does not.
    ///
    /// # Errors
    /// What the provider reports.
    pub async fn validate_for(
        &self,
        config: &Value,
        write_only: bool,
    ) -> Result<Vec<Diagnostic>, Failure> {
        let request = wire::validate_resource_type_config::Request {
            type_name: self.name.to_owned(),
            config: Some(self.schema.encode(config)?),
            client_capabilities: Some(wire::ClientCapabilities {
                deferral_allowed: false,
                write_only_attributes_allowed: write_only,
            }),
        };
        let mut client = self.host.client();
        let answer = client.validate_resource_type_config(request).await?;
        warnings(answer.into_inner().diagnostics)
    }

    /// Plans the way from `prior` to `config`, either of which may be absent. Unlike Terraform, it does not refresh.
    ///
    /// # Errors
    /// What the provider reports; or the rule that its plan breaks.
    pub async fn plan(
        &self,
        prior: Option<&Instance>,
        config: Option<&Value>,
    ) -> Result<Planned, Failure> {
        let mut planned = self.plan_once(prior, config).await?;
        if planned.change == Change::Replace {
            let because = std::mem::take(&mut planned.because);
            planned = self.plan_once(None, config).await?;
            planned.change = Change::Replace;
            planned.because = because;
            planned.prior = prior.cloned();
        }
        Ok(planned)
    }

    async fn plan_once(
        &self,
        prior: Option<&Instance>,
        config: Option<&Value>,
    ) -> Result<Planned, Failure> {
        let block = &self.schema.block;
        let ty = block.ty();
        let stored = prior.map_or(Value::Null, |prior| prior.state.clone());
        let wanted = config.map_or(Value::Null, |config| block.complete(config));
        let request = wire::plan_resource_change::Request {
            type_name: self.name.to_owned(),
            prior_state: Some(codec::encode(&stored, &ty)?),
            proposed_new_state: Some(codec::encode(&proposed(block, &stored, &wanted), &ty)?),
            config: Some(codec::encode(&wanted, &ty)?),
            prior_private: prior.map(|prior| prior.private.clone()).unwrap_or_default(),
            provider_meta: None,
            client_capabilities: self.host.flavour().resource(),
            prior_identity: self.identity_of(prior).await?,
        };
        let answer = self
            .host
            .client()
            .plan_resource_change(request)
            .await?
            .into_inner();
        let warnings = warnings(answer.diagnostics)?;
        if answer.deferred.is_some() {
            return Err(Failure::Rule(
                "it was deferred, which was not allowed".to_owned(),
            ));
        }
        if answer.legacy_type_system {
            return Err(Failure::Rule(
                "it asks for the lenience of old SDKs".to_owned(),
            ));
        }
        let state = codec::decode(answer.planned_state.as_ref(), &ty)?;
        broken(rules::broken_by_plan(block, &stored, &wanted, &state))?;
        let mut because = Vec::new();
        for path in &answer.requires_replace {
            let (old, new) = (lookup(&stored, path), lookup(&state, path));
            if old.is_none() && new.is_none() {
                return Err(Failure::Rule(format!("there is no {}", written(path))));
            }
            if old != new || new.is_some_and(Value::is_unknown) {
                because.push(written(path));
            }
        }
        let change = match (prior, config) {
            (None, None) => Change::None,
            (None, Some(_)) => Change::Create,
            (Some(_), None) => Change::Delete,
            (Some(_), Some(_)) if state == stored => Change::None,
            (Some(_), Some(_)) if because.is_empty() => Change::Update,
            (Some(_), Some(_)) => Change::Replace,
        };
        Ok(Planned {
            change,
            state,
            because,
            warnings,
            prior: prior.cloned(),
            private: answer.planned_private,
            identity: answer.planned_identity,
        })
    }

    /// Carries a plan out. `config` may hold other write-only values than at the plan.
    ///
    /// # Errors
    /// The rule that the result breaks. Errors of the provider are in what is returned, beside what is stored then.
    pub async fn apply(
        &self,
        planned: &Planned,
        config: Option<&Value>,
    ) -> Result<Applied, Failure> {
        let nothing = Value::Null;
        match planned.change {
            Change::None => Ok(Applied {
                instance: planned.prior.clone(),
                diagnostics: Vec::new(),
            }),
            Change::Replace => {
                let gone = self.plan_once(planned.prior.as_ref(), None).await?;
                let deleted = self
                    .apply_once(planned.prior.as_ref(), &gone, &nothing)
                    .await?;
                if deleted.instance.is_some() {
                    return Ok(deleted);
                }
                self.apply_once(None, planned, config.unwrap_or(&nothing))
                    .await
            }
            _ => {
                self.apply_once(planned.prior.as_ref(), planned, config.unwrap_or(&nothing))
                    .await
            }
        }
    }

    async fn apply_once(
        &self,
        prior: Option<&Instance>,
        planned: &Planned,
        config: &Value,
    ) -> Result<Applied, Failure> {
        let block = &self.schema.block;
        let ty = block.ty();
        let stored = prior.map_or(&Value::Null, |prior| &prior.state);
        let request = wire::apply_resource_change::Request {
            type_name: self.name.to_owned(),
            prior_state: Some(codec::encode(stored, &ty)?),
            planned_state: Some(codec::encode(&planned.state, &ty)?),
            config: Some(self.schema.encode(config)?),
            planned_private: planned.private.clone(),
            provider_meta: None,
            planned_identity: planned.identity.clone(),
        };
        let answer = self
            .host
            .client()
            .apply_resource_change(request)
            .await?
            .into_inner();
        let diagnostics = Diagnostic::all(answer.diagnostics);
        let failed = diagnostics
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Error);
        let state = codec::decode(answer.new_state.as_ref(), &ty)?;
        broken(rules::broken_by_storing(block, &state))?;
        if !failed {
            broken(rules::broken_by_result(block, &planned.state, &state))?;
        }
        let instance = if state.is_null() {
            None
        } else {
            Some(Instance {
                state,
                private: answer.private,
                identity: self
                    .read_identity(answer.new_identity.as_ref(), failed)
                    .await?,
            })
        };
        Ok(Applied {
            instance,
            diagnostics,
        })
    }

    /// Reads it as it is now; `None` if it is gone.
    ///
    /// # Errors
    /// What the provider reports; or the rule that the result breaks.
    pub async fn read(&self, instance: &Instance) -> Result<Option<Instance>, Failure> {
        let block = &self.schema.block;
        let ty = block.ty();
        let request = wire::read_resource::Request {
            type_name: self.name.to_owned(),
            current_state: Some(codec::encode(&instance.state, &ty)?),
            private: instance.private.clone(),
            provider_meta: None,
            client_capabilities: self.host.flavour().resource(),
            current_identity: self.identity_of(Some(instance)).await?,
        };
        let answer = self
            .host
            .client()
            .read_resource(request)
            .await?
            .into_inner();
        warnings(answer.diagnostics)?;
        if answer.deferred.is_some() {
            return Err(Failure::Rule(
                "it was deferred, which was not allowed".to_owned(),
            ));
        }
        let state = codec::decode(answer.new_state.as_ref(), &ty)?;
        if state.is_null() {
            return Ok(None);
        }
        broken(rules::broken_by_storing(block, &state))?;
        let identity = self
            .read_identity(answer.new_identity.as_ref(), false)
            .await?;
        if instance.identity.is_some() && identity != instance.identity {
            return Err(Failure::Rule("its identity has changed".to_owned()));
        }
        Ok(Some(Instance {
            state,
            private: answer.private,
            identity,
        }))
    }

    /// One whole `terraform apply` by a good citizen: validate, refresh, plan, apply, refresh, and a second plan, which
    /// has to be empty.
    ///
    /// # Errors
    /// What the provider reports; or the rule that it breaks.
    pub async fn settle(
        &self,
        prior: Option<&Instance>,
        config: &Value,
    ) -> Result<Instance, Failure> {
        self.validate(config).await?;
        let refreshed = match prior {
            None => None,
            Some(prior) => self.read(prior).await?,
        };
        let planned = self.plan(refreshed.as_ref(), Some(config)).await?;
        let applied = self.apply(&planned, Some(config)).await?.succeeded()?;
        let absent = || Failure::Rule("it is absent after apply".to_owned());
        let applied = applied.ok_or_else(absent)?;
        let read = self.read(&applied).await?.ok_or_else(absent)?;
        if read.state != applied.state {
            return Err(Failure::Rule(format!(
                "read gives {} after apply gave {}",
                read.state, applied.state
            )));
        }
        let second = self.plan(Some(&read), Some(config)).await?;
        if second.change != Change::None {
            return Err(Failure::Rule(format!(
                "the second plan is not empty, but {:?}: {} from {}",
                second.change, second.state, read.state
            )));
        }
        Ok(read)
    }

    /// Plans and applies its deletion.
    ///
    /// # Errors
    /// What the provider reports; or the rule that it breaks.
    pub async fn destroy(&self, instance: &Instance) -> Result<(), Failure> {
        let planned = self.plan(Some(instance), None).await?;
        self.apply(&planned, None).await?.succeeded().map(drop)
    }

    async fn identity_of(
        &self,
        instance: Option<&Instance>,
    ) -> Result<Option<wire::ResourceIdentityData>, Failure> {
        let Some(identity) = instance.and_then(|instance| instance.identity.as_ref()) else {
            return Ok(None);
        };
        match self.host.identity_type(self.name).await? {
            None => Ok(None),
            Some(ty) => identity::encode(identity, &ty).map(Some),
        }
    }

    /// Reads an identity, which has to be there and known, unless the change failed.
    pub(super) async fn read_identity(
        &self,
        data: Option<&wire::ResourceIdentityData>,
        failed: bool,
    ) -> Result<Option<Value>, Failure> {
        let Some(ty) = self.host.identity_type(self.name).await? else {
            return Ok(None);
        };
        let identity = identity::decode(data, &ty)?;
        if failed || (!identity.is_null() && identity.is_wholly_known()) {
            return Ok(Some(identity));
        }
        Err(Failure::Rule(format!("its identity is {identity}")))
    }
}

pub(super) fn broken(rules: Vec<String>) -> Result<(), Failure> {
    if rules.is_empty() {
        Ok(())
    } else {
        Err(Failure::Rule(rules.join("\n")))
    }
}

/// The part of `value` at `path`.
fn lookup<'v>(value: &'v Value, path: &wire::AttributePath) -> Option<&'v Value> {
    use wire::attribute_path::step::Selector;
    path.steps.iter().try_fold(value, |value, step| {
        match (step.selector.as_ref()?, value) {
            (
                Selector::AttributeName(name) | Selector::ElementKeyString(name),
                Value::Object(members),
            ) => members.get(name),
            (Selector::ElementKeyInt(index), Value::List(elements)) => {
                elements.get(usize::try_from(*index).ok()?)
            }
            _ => None,
        }
    })
}
