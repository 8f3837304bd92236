//! The list of all that a provider offers.

use std::collections::BTreeMap;
use std::fmt;

use crate::action::Action;
use crate::cty::CtyType;
use crate::data_source::DataSource;
use crate::ephemeral::EphemeralResource;
use crate::function::{Function, Parameter};
use crate::list_resource::ListResource;
use crate::model::Model;
use crate::provider::Provider;
use crate::registration::{
    ActionRegistration, AnyAction, AnyDataSource, AnyEphemeral, AnyFunction, AnyListResource,
    AnyResource, DataSourceRegistration, EphemeralRegistration, FunctionRegistration,
    ListResourceRegistration, ResourceRegistration,
};
use crate::resource::Resource;
use crate::schema::{Rules, Schema, is_name};

type Named<T> = BTreeMap<&'static str, Box<T>>;

/// All that a provider offers: the one list from which the schema, the dispatch, and a provider's own docs and
/// tests come.
pub struct Offers<P: Provider> {
    pub(crate) resources: Named<dyn AnyResource<P>>,
    pub(crate) data_sources: Named<dyn AnyDataSource<P>>,
    pub(crate) ephemerals: Named<dyn AnyEphemeral<P>>,
    pub(crate) functions: Named<dyn AnyFunction>,
    pub(crate) actions: Named<dyn AnyAction<P>>,
    pub(crate) list_resources: Named<dyn AnyListResource<P>>,
    /// Names that were offered twice.
    pub(crate) duplicates: Vec<&'static str>,
}

impl<P: Provider> Default for Offers<P> {
    fn default() -> Self {
        Self {
            resources: BTreeMap::new(),
            data_sources: BTreeMap::new(),
            ephemerals: BTreeMap::new(),
            functions: BTreeMap::new(),
            actions: BTreeMap::new(),
            list_resources: BTreeMap::new(),
            duplicates: Vec::new(),
        }
    }
}

impl<P: Provider> Offers<P> {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With a managed resource.
    #[must_use]
    pub fn resource<R: Resource<Provider = P>>(mut self, it: ResourceRegistration<R>) -> Self {
        let old = self.resources.insert(R::TYPE_NAME, Box::new(it));
        self.note(old.is_some(), R::TYPE_NAME)
    }

    /// With a data source.
    #[must_use]
    pub fn data_source<D: DataSource<Provider = P>>(
        mut self,
        it: DataSourceRegistration<D>,
    ) -> Self {
        let old = self.data_sources.insert(D::TYPE_NAME, Box::new(it));
        self.note(old.is_some(), D::TYPE_NAME)
    }

    /// With an ephemeral resource.
    #[must_use]
    pub fn ephemeral<E: EphemeralResource<Provider = P>>(
        mut self,
        it: EphemeralRegistration<E>,
    ) -> Self {
        let old = self.ephemerals.insert(E::TYPE_NAME, Box::new(it));
        self.note(old.is_some(), E::TYPE_NAME)
    }

    /// With a function.
    #[must_use]
    pub fn function<F: Function>(mut self, it: FunctionRegistration<F>) -> Self {
        let old = self.functions.insert(F::NAME, Box::new(it));
        self.note(old.is_some(), F::NAME)
    }

    /// With an action.
    #[must_use]
    pub fn action<A: Action<Provider = P>>(mut self, it: ActionRegistration<A>) -> Self {
        let old = self.actions.insert(A::TYPE_NAME, Box::new(it));
        self.note(old.is_some(), A::TYPE_NAME)
    }

    /// With a list resource.
    #[must_use]
    pub fn list_resource<L: ListResource<Provider = P>>(
        mut self,
        it: ListResourceRegistration<L>,
    ) -> Self {
        let name = <L::Resource as Resource>::TYPE_NAME;
        let old = self.list_resources.insert(name, Box::new(it));
        self.note(old.is_some(), name)
    }

    fn note(mut self, twice: bool, name: &'static str) -> Self {
        if twice {
            self.duplicates.push(name);
        }
        self
    }

    /// All that breaks Terraform's rules for schemas, in words; a provider's tests check that there is nothing.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let twice = self
            .duplicates
            .iter()
            .map(|name| format!("{name} is offered twice"));
        let stored = Rules {
            write_only: true,
            reserved: true,
        };
        let plain = Rules {
            write_only: false,
            reserved: true,
        };
        let free = Rules {
            write_only: false,
            reserved: false,
        };
        let mut faults: Vec<String> = twice.collect();
        faults.extend(self.provider_schema().block.faults("provider", free));
        for (kind, rules, schemas) in [
            (
                "resource",
                stored,
                self.resource_schemas().collect::<Vec<_>>(),
            ),
            ("data", plain, self.data_source_schemas().collect()),
            ("ephemeral", plain, self.ephemeral_schemas().collect()),
            ("action", plain, self.action_schemas().collect()),
            ("list", plain, self.list_resource_schemas().collect()),
        ] {
            for (name, schema) in schemas {
                faults.extend(schema.block.faults(&format!("{kind} {name}"), rules));
                if !is_name(name) || name.split('_').next() != Some(P::NAME) {
                    faults.push(format!("{kind} {name} does not begin with {}_", P::NAME));
                }
            }
        }
        for name in self.list_resources.keys() {
            let resource = self.resources.get(name);
            if resource.is_none_or(|resource| resource.identity_schema().is_none()) {
                faults.push(format!(
                    "list {name} needs a resource {name} that identifies"
                ));
            }
        }
        for function in self
            .function_signatures()
            .filter(|function| !is_name(function.name))
        {
            faults.push(format!("function {} is no name", function.name));
        }
        faults
    }

    /// The schema of the `provider` block.
    #[must_use]
    pub fn provider_schema(&self) -> Schema {
        Schema {
            version: 0,
            block: P::Config::block(),
        }
    }

    /// The schemas of the managed resources by type name.
    pub fn resource_schemas(&self) -> impl Iterator<Item = (&'static str, &Schema)> {
        self.resources.iter().map(|(name, it)| (*name, it.schema()))
    }

    /// The schemas of the data sources by type name.
    pub fn data_source_schemas(&self) -> impl Iterator<Item = (&'static str, &Schema)> {
        self.data_sources
            .iter()
            .map(|(name, it)| (*name, it.schema()))
    }

    /// The schemas of the ephemeral resources by type name.
    pub fn ephemeral_schemas(&self) -> impl Iterator<Item = (&'static str, &Schema)> {
        self.ephemerals
            .iter()
            .map(|(name, it)| (*name, it.schema()))
    }

    /// The schemas of the actions by type name.
    pub fn action_schemas(&self) -> impl Iterator<Item = (&'static str, &Schema)> {
        self.actions.iter().map(|(name, it)| (*name, it.schema()))
    }

    /// The schemas of the `list` blocks by type name.
    pub fn list_resource_schemas(&self) -> impl Iterator<Item = (&'static str, &Schema)> {
        self.list_resources
            .iter()
            .map(|(name, it)| (*name, it.schema()))
    }

    /// The signatures of the functions.
    pub fn function_signatures(&self) -> impl Iterator<Item = FunctionSignature> {
        self.functions.values().map(|it| FunctionSignature {
            name: it.name(),
            summary: it.summary(),
            description: it.description(),
            deprecated: it.deprecated(),
            parameters: it.parameters(),
            output: it.output(),
        })
    }
}

/// What a function takes and gives.
#[derive(Clone, Debug)]
pub struct FunctionSignature {
    /// Its name.
    pub name: &'static str,
    /// What it does, in one line of plain text.
    pub summary: &'static str,
    /// What it does, in Markdown.
    pub description: &'static str,
    /// Why it is deprecated and what to use instead.
    pub deprecated: Option<&'static str>,
    /// What it takes.
    pub parameters: Vec<Parameter>,
    /// What it gives.
    pub output: CtyType,
}

impl<P: Provider> fmt::Debug for Offers<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Offers")
            .field("resources", &self.resources.keys())
            .field("data_sources", &self.data_sources.keys())
            .field("ephemerals", &self.ephemerals.keys())
            .field("functions", &self.functions.keys())
            .field("actions", &self.actions.keys())
            .field("list_resources", &self.list_resources.keys())
            .finish_non_exhaustive()
    }
}
