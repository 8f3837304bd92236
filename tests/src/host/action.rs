//! Invoking an action (Terraform 1.14 and later).

use super::diagnostic::Diagnostic;
use super::failure::{Failure, warnings};
use super::proto::tfplugin5 as wire;
use super::proto::tfplugin5::invoke_action::event;
use super::session::Host;
use super::value::Value;

/// What came of an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invoked {
    /// The lines that told how far it was.
    pub progress: Vec<String>,
    /// Warnings.
    pub warnings: Vec<Diagnostic>,
}

impl Host {
    /// Judges, plans and invokes the action `name`.
    ///
    /// # Errors
    /// What the provider reports; or that the stream does not end with its completion.
    pub async fn invoke(&self, name: &str, config: &Value) -> Result<Invoked, Failure> {
        let schema = self.schema().actions.get(name);
        let schema = schema.ok_or_else(|| Failure::NotOffered(format!("action {name}")))?;
        let config = schema.encode(config)?;
        let mut client = self.client();
        let validated = client
            .validate_action_config(wire::validate_action_config::Request {
                action_type: name.to_owned(),
                config: Some(config.clone()),
            })
            .await?
            .into_inner();
        warnings(validated.diagnostics)?;
        let planned = client
            .plan_action(wire::plan_action::Request {
                action_type: name.to_owned(),
                config: Some(config.clone()),
                client_capabilities: self.flavour().resource(),
            })
            .await?
            .into_inner();
        let mut said = warnings(planned.diagnostics)?;
        if planned.deferred.is_some() {
            return Err(Failure::Rule(
                "an action was deferred, which was not allowed".to_owned(),
            ));
        }
        let mut events = client
            .invoke_action(wire::invoke_action::Request {
                action_type: name.to_owned(),
                config: Some(config),
                client_capabilities: self.flavour().resource(),
            })
            .await?
            .into_inner();
        let mut progress = Vec::new();
        while let Some(event) = events.message().await? {
            match event.r#type {
                Some(event::Type::Progress(line)) => progress.push(line.message),
                Some(event::Type::Completed(completed)) => {
                    if events.message().await?.is_some() {
                        return Err(Failure::Rule(
                            "an action went on after its completion".to_owned(),
                        ));
                    }
                    said.extend(warnings(completed.diagnostics)?);
                    return Ok(Invoked {
                        progress,
                        warnings: said,
                    });
                }
                None => return Err(Failure::Rule("an empty event".to_owned())),
            }
        }
        Err(Failure::Rule(
            "an action ended without its completion".to_owned(),
        ))
    }
}
