//! Each RPC of the `Provider` service, handed to the module of its name.

use std::sync::Arc;

use tonic::{Request, Response, Status};

use crate::diagnostic::Diagnostics;
use crate::proto::tfplugin5 as wire;
use crate::proto::tfplugin5::provider_server::Provider as ProviderService;
use crate::provider::Provider;

use super::answer::{Answer, Diagnosed};
use super::answering::{
    ACTION, Answers, Begun, DATA_SOURCE, EPHEMERAL, FUNCTION, LIST, RESOURCE, Rpc, answer,
};
use super::{
    Server, action, apply, configure, data_source, ephemeral, function, generate_config, identity,
    import, list, move_state, plan, read, schema, upgrade, validate,
};

impl<P: Provider> Server<P> {
    async fn respond<R: Diagnosed, F>(
        self: &Arc<Self>,
        name: &'static str,
        subject: Option<(&'static str, String)>,
        handler: impl FnOnce(Arc<Self>) -> F + Send + 'static,
    ) -> Result<Response<R>, Status>
    where
        F: Future<Output = Result<Answer<R>, Diagnostics>> + Send + 'static,
    {
        let server = Arc::clone(self);
        let subject = subject.as_ref().map(|(key, name)| (*key, name.as_str()));
        answer::<P, R>(Rpc { name, subject }, async move { handler(server).await }).await
    }
}

/// The service: a shared server.
pub(crate) struct Service<P: Provider>(pub(crate) Arc<Server<P>>);

#[tonic::async_trait]
impl<P: Provider> ProviderService for Service<P> {
    async fn get_metadata(
        &self,
        _: Request<wire::get_metadata::Request>,
    ) -> Result<Response<wire::get_metadata::Response>, Status> {
        self.0
            .respond("GetMetadata", None, |server| async move {
                schema::get_metadata(&server)
            })
            .await
    }

    async fn get_schema(
        &self,
        _: Request<wire::get_provider_schema::Request>,
    ) -> Result<Response<wire::get_provider_schema::Response>, Status> {
        self.0
            .respond("GetSchema", None, |server| async move {
                schema::get_schema(&server)
            })
            .await
    }

    async fn get_resource_identity_schemas(
        &self,
        _: Request<wire::get_resource_identity_schemas::Request>,
    ) -> Result<Response<wire::get_resource_identity_schemas::Response>, Status> {
        self.0
            .respond("GetResourceIdentitySchemas", None, |server| async move {
                identity::get_schemas(&server)
            })
            .await
    }

    async fn prepare_provider_config(
        &self,
        request: Request<wire::prepare_provider_config::Request>,
    ) -> Result<Response<wire::prepare_provider_config::Response>, Status> {
        let request = request.into_inner();
        self.0
            .respond("PrepareProviderConfig", None, |server| async move {
                configure::prepare(&server, request)
            })
            .await
    }

    async fn validate_resource_type_config(
        &self,
        request: Request<wire::validate_resource_type_config::Request>,
    ) -> Result<Response<wire::validate_resource_type_config::Response>, Status> {
        let request = request.into_inner();
        self.0
            .respond(
                "ValidateResourceTypeConfig",
                Some((RESOURCE, request.type_name.clone())),
                |server| async move { validate::resource(&server, request) },
            )
            .await
    }

    async fn validate_data_source_config(
        &self,
        request: Request<wire::validate_data_source_config::Request>,
    ) -> Result<Response<wire::validate_data_source_config::Response>, Status> {
        let request = request.into_inner();
        self.0
            .respond(
                "ValidateDataSourceConfig",
                Some((DATA_SOURCE, request.type_name.clone())),
                |server| async move { validate::data_source(&server, request) },
            )
            .await
    }

    async fn upgrade_resource_state(
        &self,
        request: Request<wire::upgrade_resource_state::Request>,
    ) -> Result<Response<wire::upgrade_resource_state::Response>, Status> {
        let request = request.into_inner();
        self.0
            .respond(
                "UpgradeResourceState",
                Some((RESOURCE, request.type_name.clone())),
                |server| async move { upgrade::upgrade(&server, request) },
            )
            .await
    }

    async fn upgrade_resource_identity(
        &self,
        request: Request<wire::upgrade_resource_identity::Request>,
    ) -> Result<Response<wire::upgrade_resource_identity::Response>, Status> {
        let request = request.into_inner();
        self.0
            .respond(
                "UpgradeResourceIdentity",
                Some((RESOURCE, request.type_name.clone())),
                |server| async move { identity::upgrade(&server, request) },
            )
            .await
    }

    async fn configure(
        &self,
        request: Request<wire::configure::Request>,
    ) -> Result<Response<wire::configure::Response>, Status> {
        let request = request.into_inner();
        self.0
            .respond("Configure", None, |server| async move {
                configure::configure(server, request).await
            })
            .await
    }

    async fn read_resource(
        &self,
        request: Request<wire::read_resource::Request>,
    ) -> Result<Response<wire::read_resource::Response>, Status> {
        let request = request.into_inner();
        self.0
            .respond(
                "ReadResource",
                Some((RESOURCE, request.type_name.clone())),
                |server| async move { read::read(server, request).await },
            )
            .await
    }

    async fn plan_resource_change(
        &self,
        request: Request<wire::plan_resource_change::Request>,
    ) -> Result<Response<wire::plan_resource_change::Response>, Status> {
        let request = request.into_inner();
        self.0
            .respond(
                "PlanResourceChange",
                Some((RESOURCE, request.type_name.clone())),
                |server| async move { plan::plan(server, request).await },
            )
            .await
    }

    async fn apply_resource_change(
        &self,
        request: Request<wire::apply_resource_change::Request>,
    ) -> Result<Response<wire::apply_resource_change::Response>, Status> {
        let request = request.into_inner();
        self.0
            .respond(
                "ApplyResourceChange",
                Some((RESOURCE, request.type_name.clone())),
                |server| async move { apply::apply(server, request).await },
            )
            .await
    }

    async fn import_resource_state(
        &self,
        request: Request<wire::import_resource_state::Request>,
    ) -> Result<Response<wire::import_resource_state::Response>, Status> {
        let request = request.into_inner();
        self.0
            .respond(
                "ImportResourceState",
                Some((RESOURCE, request.type_name.clone())),
                |server| async move { import::import(server, request).await },
            )
            .await
    }

    async fn move_resource_state(
        &self,
        request: Request<wire::move_resource_state::Request>,
    ) -> Result<Response<wire::move_resource_state::Response>, Status> {
        let request = request.into_inner();
        self.0
            .respond(
                "MoveResourceState",
                Some((RESOURCE, request.target_type_name.clone())),
                |server| async move { move_state::move_state(&server, request) },
            )
            .await
    }

    async fn read_data_source(
        &self,
        request: Request<wire::read_data_source::Request>,
    ) -> Result<Response<wire::read_data_source::Response>, Status> {
        let request = request.into_inner();
        self.0
            .respond(
                "ReadDataSource",
                Some((DATA_SOURCE, request.type_name.clone())),
                |server| async move { data_source::read(server, request).await },
            )
            .await
    }

    async fn generate_resource_config(
        &self,
        request: Request<wire::generate_resource_config::Request>,
    ) -> Result<Response<wire::generate_resource_config::Response>, Status> {
        let request = request.into_inner();
        self.0
            .respond(
                "GenerateResourceConfig",
                Some((RESOURCE, request.type_name.clone())),
                |server| async move { generate_config::generate(&server, request) },
            )
            .await
    }

    async fn validate_ephemeral_resource_config(
        &self,
        request: Request<wire::validate_ephemeral_resource_config::Request>,
    ) -> Result<Response<wire::validate_ephemeral_resource_config::Response>, Status> {
        let request = request.into_inner();
        self.0
            .respond(
                "ValidateEphemeralResourceConfig",
                Some((EPHEMERAL, request.type_name.clone())),
                |server| async move { validate::ephemeral(&server, request) },
            )
            .await
    }

    async fn open_ephemeral_resource(
        &self,
        request: Request<wire::open_ephemeral_resource::Request>,
    ) -> Result<Response<wire::open_ephemeral_resource::Response>, Status> {
        let request = request.into_inner();
        self.0
            .respond(
                "OpenEphemeralResource",
                Some((EPHEMERAL, request.type_name.clone())),
                |server| async move { ephemeral::open(server, request).await },
            )
            .await
    }

    async fn renew_ephemeral_resource(
        &self,
        request: Request<wire::renew_ephemeral_resource::Request>,
    ) -> Result<Response<wire::renew_ephemeral_resource::Response>, Status> {
        let request = request.into_inner();
        self.0
            .respond(
                "RenewEphemeralResource",
                Some((EPHEMERAL, request.type_name.clone())),
                |server| async move { ephemeral::renew(server, request).await },
            )
            .await
    }

    async fn close_ephemeral_resource(
        &self,
        request: Request<wire::close_ephemeral_resource::Request>,
    ) -> Result<Response<wire::close_ephemeral_resource::Response>, Status> {
        let request = request.into_inner();
        self.0
            .respond(
                "CloseEphemeralResource",
                Some((EPHEMERAL, request.type_name.clone())),
                |server| async move { ephemeral::close(server, request).await },
            )
            .await
    }

    async fn validate_list_resource_config(
        &self,
        request: Request<wire::validate_list_resource_config::Request>,
    ) -> Result<Response<wire::validate_list_resource_config::Response>, Status> {
        let request = request.into_inner();
        self.0
            .respond(
                "ValidateListResourceConfig",
                Some((LIST, request.type_name.clone())),
                |server| async move { validate::list(&server, request) },
            )
            .await
    }

    async fn get_functions(
        &self,
        _: Request<wire::get_functions::Request>,
    ) -> Result<Response<wire::get_functions::Response>, Status> {
        self.0
            .respond("GetFunctions", None, |server| async move {
                schema::get_functions(&server)
            })
            .await
    }

    async fn call_function(
        &self,
        request: Request<wire::call_function::Request>,
    ) -> Result<Response<wire::call_function::Response>, Status> {
        let request = request.into_inner();
        self.0
            .respond(
                "CallFunction",
                Some((FUNCTION, request.name.clone())),
                |server| async move { function::call(server, request).await },
            )
            .await
    }

    async fn validate_action_config(
        &self,
        request: Request<wire::validate_action_config::Request>,
    ) -> Result<Response<wire::validate_action_config::Response>, Status> {
        let request = request.into_inner();
        self.0
            .respond(
                "ValidateActionConfig",
                Some((ACTION, request.action_type.clone())),
                |server| async move { validate::action(&server, request) },
            )
            .await
    }

    async fn plan_action(
        &self,
        request: Request<wire::plan_action::Request>,
    ) -> Result<Response<wire::plan_action::Response>, Status> {
        let request = request.into_inner();
        self.0
            .respond(
                "PlanAction",
                Some((ACTION, request.action_type.clone())),
                |server| async move { action::plan(server, request).await },
            )
            .await
    }

    async fn stop(
        &self,
        _: Request<wire::stop::Request>,
    ) -> Result<Response<wire::stop::Response>, Status> {
        let begun = Begun::new::<P>(&Rpc {
            name: "Stop",
            subject: None,
        });
        self.0.stop_running();
        begun.finish(&Diagnostics::new());
        Ok(Response::new(wire::stop::Response::default()))
    }

    type ListResourceStream = Answers<wire::list_resource::Event>;

    async fn list_resource(
        &self,
        request: Request<wire::list_resource::Request>,
    ) -> Result<Response<Self::ListResourceStream>, Status> {
        Ok(Response::new(list::stream(&self.0, request.into_inner())))
    }

    type InvokeActionStream = Answers<wire::invoke_action::Event>;

    async fn invoke_action(
        &self,
        request: Request<wire::invoke_action::Request>,
    ) -> Result<Response<Self::InvokeActionStream>, Status> {
        Ok(Response::new(action::stream(&self.0, request.into_inner())))
    }
}
