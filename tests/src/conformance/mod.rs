//! What every provider on `coffer-plugin` has to do, checked from outside by the [host](crate::host). It needs to be
//! told no more than a configuration for each object, so that a test over a whole catalogue is short.

mod channel;
mod ending;
mod ephemeral;
mod hostile;
mod resource;
mod schema;

use crate::host::{Failure, Flavour, Host, Program, Value, Walk};

/// A provider, and how its objects can be configured.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Its program, with the environment that it needs.
    pub program: Program,
    /// Its provider block.
    pub provider: Members,
    /// Ephemeral resources: type name and configuration. In this order, after the resources were made.
    pub ephemerals: Vec<(&'static str, Members)>,
    /// Managed resources in the order in which they are made.
    pub resources: Vec<Life>,
    /// Values that may stand in no state, no private state and no log.
    pub secrets: Vec<&'static str>,
}

/// Attributes and blocks; the others are absent.
pub type Members = Vec<(&'static str, Value)>;

/// The life of a managed resource.
#[derive(Clone, Debug)]
pub struct Life {
    /// The type name.
    pub name: &'static str,
    /// Its first configuration.
    pub config: Members,
    /// What changes then; nothing if it is empty.
    pub change: Members,
    /// The ID by which it can be imported, if it can.
    pub import: Option<String>,
}

/// What was found wrong so far.
#[derive(Debug, Default)]
struct Report {
    faults: Vec<String>,
}

impl Report {
    fn check(&mut self, what: &str, holds: bool) {
        if !holds {
            self.faults.push(what.to_owned());
        }
    }

    /// Notes a failure; the value where there is none.
    fn keep<T>(&mut self, what: &str, result: Result<T, Failure>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(failure) => {
                self.faults.push(format!("{what}: {failure}"));
                None
            }
        }
    }
}

impl Subject {
    /// All that the provider does wrong with a host of this flavour.
    pub async fn faults(&self, flavour: Flavour) -> Vec<String> {
        let mut report = Report::default();
        let program = self.program.clone().flavour(flavour).env("TF_LOG", "TRACE");
        channel::check(&program, &mut report).await;
        if let Some(host) = report.keep("start", Host::start(&program).await) {
            self.check(host, &mut report).await;
        }
        report.faults
    }

    /// What the provider offers and this subject has no configuration for.
    ///
    /// # Errors
    /// When the provider does not start.
    pub async fn uncovered(&self) -> Result<Vec<String>, Failure> {
        let host = Host::start(&self.program).await?;
        let resources = host
            .schema()
            .resources
            .keys()
            .filter(|name| !self.resources.iter().any(|life| life.name == *name));
        let ephemerals = host
            .schema()
            .ephemerals
            .keys()
            .filter(|name| !self.ephemerals.iter().any(|(known, _)| known == name));
        let resources = resources.map(|name| format!("resource {name}"));
        let ephemerals = ephemerals.map(|name| format!("ephemeral {name}"));
        Ok(resources.chain(ephemerals).collect())
    }

    async fn check(&self, host: Host, report: &mut Report) {
        schema::check(host.schema(), report);
        let config = host.provider_config(self.provider.clone());
        report.keep("configure", host.configure(Walk::Apply, &config).await);
        let mut made = Vec::new();
        for life in &self.resources {
            made.extend(resource::make(&host, life, &self.secrets, report).await);
        }
        for (name, members) in &self.ephemerals {
            ephemeral::check(&host, name, members, report).await;
        }
        hostile::check(&host, report).await;
        for (name, instance) in made.iter().rev() {
            resource::destroy(&host, name, instance, report).await;
        }
        ending::check(host, &self.secrets, report).await;
    }
}
