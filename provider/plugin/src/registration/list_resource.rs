//! List resources without their types.

use std::sync::OnceLock;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::Result;
use crate::context::Context;
use crate::cty::Cty;
use crate::diagnostic::Diagnostics;
use crate::identity::IdentityModel;
use crate::list_resource::{Found, ListResource, Listed};
use crate::model::Model;
use crate::provider::Provider;
use crate::resource::Resource;
use crate::schema::Schema;
use crate::validate_config::ValidateConfig;

use super::{BoxFuture, ConfigRule, judge};

/// A list resource and its abilities. Made by [`list_resource`].
pub struct ListResourceRegistration<L: ListResource> {
    schema: OnceLock<Schema>,
    validate: Option<ConfigRule<L>>,
}

/// Registers the list resource `L`, without abilities yet.
#[must_use]
pub fn list_resource<L: ListResource>() -> ListResourceRegistration<L> {
    ListResourceRegistration {
        schema: OnceLock::new(),
        validate: None,
    }
}

impl<L: ListResource> ListResourceRegistration<L> {
    /// It judges its configuration.
    #[must_use]
    pub fn validates(mut self) -> Self
    where
        L: ValidateConfig,
    {
        self.validate = Some(L::validate_config);
        self
    }
}

impl<L: ListResource> std::fmt::Debug for ListResourceRegistration<L> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "ListResourceRegistration({})",
            <L::Resource as Resource>::TYPE_NAME
        )
    }
}

/// One listed object whose Rust type is forgotten.
pub(crate) struct AnyListed {
    pub(crate) display_name: String,
    pub(crate) identity: Cty,
    pub(crate) state: Option<Cty>,
    pub(crate) diagnostics: Diagnostics,
}

/// Where listed objects go.
pub(crate) struct AnyFound {
    pub(crate) wants_state: bool,
    pub(crate) limit: u64,
    pub(crate) sender: mpsc::Sender<AnyListed>,
}

/// A list resource whose Rust type is forgotten.
pub(crate) trait AnyListResource<P: Provider>: Send + Sync {
    fn schema(&self) -> &Schema;
    fn timeout(&self) -> Duration;
    fn validate(&self, config: Cty, diagnostics: &mut Diagnostics);
    fn list<'a>(
        &'a self,
        ctx: &'a Context<P>,
        config: Cty,
        found: AnyFound,
    ) -> BoxFuture<'a, Result<()>>;
}

impl<P: Provider, L: ListResource<Provider = P>> AnyListResource<P>
    for ListResourceRegistration<L>
{
    fn schema(&self) -> &Schema {
        self.schema.get_or_init(|| Schema {
            version: 0,
            block: L::block(),
        })
    }

    fn timeout(&self) -> Duration {
        L::TIMEOUT
    }

    fn validate(&self, config: Cty, diagnostics: &mut Diagnostics) {
        judge(self.validate, config, diagnostics);
    }

    fn list<'a>(
        &'a self,
        ctx: &'a Context<P>,
        config: Cty,
        found: AnyFound,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let (sender, mut receiver) = mpsc::channel::<Listed<L::Resource>>(1);
            let mut typed = Found {
                wants_state: found.wants_state,
                left: found.limit,
                sender,
            };
            let search = async {
                let result = L::list(ctx, L::from_cty(config)?, &mut typed).await;
                drop(typed);
                result
            };
            let forward = async {
                while let Some(listed) = receiver.recv().await {
                    let listed = AnyListed {
                        display_name: listed.display_name,
                        identity: listed.identity.to_cty(),
                        state: listed.state.map(|state| state.to_cty()),
                        diagnostics: listed.diagnostics,
                    };
                    if found.sender.send(listed).await.is_err() {
                        receiver.close();
                    }
                }
            };
            tokio::join!(search, forward).0
        })
    }
}
