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

/// Writes the service from a table of its calls: `method(module of the messages) is "RPC"`, the key and the field of the
/// type's name where there is one, and what answers.
macro_rules! provider_service {
    ($(
        $method:ident($message:ident) is $rpc:literal $(of $key:ident $field:ident)?
            => |$server:ident, $request:ident| $answer:expr;
    )*) => {
        #[tonic::async_trait]
        impl<P: Provider> ProviderService for Service<P> {
            $(
                async fn $method(
                    &self,
                    request: Request<wire::$message::Request>,
                ) -> Result<Response<wire::$message::Response>, Status> {
                    let $request = request.into_inner();
                    let subject: Option<(&'static str, String)> =
                        None$(.or(Some(($key, $request.$field.clone()))))?;
                    self.0
                        .respond($rpc, subject, |$server| async move { $answer })
                        .await
                }
            )*

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
    };
}

provider_service! {
    get_metadata(get_metadata) is "GetMetadata" => |server, _request| schema::get_metadata(&server);
    get_schema(get_provider_schema) is "GetSchema" => |server, _request| schema::get_schema(&server);
    get_resource_identity_schemas(get_resource_identity_schemas) is "GetResourceIdentitySchemas" => |server, _request| identity::get_schemas(&server);
    get_functions(get_functions) is "GetFunctions" => |server, _request| schema::get_functions(&server);
    prepare_provider_config(prepare_provider_config) is "PrepareProviderConfig" => |server, request| configure::prepare(&server, request);
    configure(configure) is "Configure" => |server, request| configure::configure(server, request).await;
    validate_resource_type_config(validate_resource_type_config) is "ValidateResourceTypeConfig" of RESOURCE type_name => |server, request| validate::resource(&server, request);
    upgrade_resource_state(upgrade_resource_state) is "UpgradeResourceState" of RESOURCE type_name => |server, request| upgrade::upgrade(&server, request);
    upgrade_resource_identity(upgrade_resource_identity) is "UpgradeResourceIdentity" of RESOURCE type_name => |server, request| identity::upgrade(&server, request);
    read_resource(read_resource) is "ReadResource" of RESOURCE type_name => |server, request| read::read(server, request).await;
    plan_resource_change(plan_resource_change) is "PlanResourceChange" of RESOURCE type_name => |server, request| plan::plan(server, request).await;
    apply_resource_change(apply_resource_change) is "ApplyResourceChange" of RESOURCE type_name => |server, request| apply::apply(server, request).await;
    import_resource_state(import_resource_state) is "ImportResourceState" of RESOURCE type_name => |server, request| import::import(server, request).await;
    move_resource_state(move_resource_state) is "MoveResourceState" of RESOURCE target_type_name => |server, request| move_state::move_state(&server, request);
    generate_resource_config(generate_resource_config) is "GenerateResourceConfig" of RESOURCE type_name => |server, request| generate_config::generate(&server, request);
    validate_data_source_config(validate_data_source_config) is "ValidateDataSourceConfig" of DATA_SOURCE type_name => |server, request| validate::data_source(&server, request);
    read_data_source(read_data_source) is "ReadDataSource" of DATA_SOURCE type_name => |server, request| data_source::read(server, request).await;
    validate_ephemeral_resource_config(validate_ephemeral_resource_config) is "ValidateEphemeralResourceConfig" of EPHEMERAL type_name => |server, request| validate::ephemeral(&server, request);
    open_ephemeral_resource(open_ephemeral_resource) is "OpenEphemeralResource" of EPHEMERAL type_name => |server, request| ephemeral::open(server, request).await;
    renew_ephemeral_resource(renew_ephemeral_resource) is "RenewEphemeralResource" of EPHEMERAL type_name => |server, request| ephemeral::renew(server, request).await;
    close_ephemeral_resource(close_ephemeral_resource) is "CloseEphemeralResource" of EPHEMERAL type_name => |server, request| ephemeral::close(server, request).await;
    call_function(call_function) is "CallFunction" of FUNCTION name => |server, request| function::call(server, request).await;
    validate_list_resource_config(validate_list_resource_config) is "ValidateListResourceConfig" of LIST type_name => |server, request| validate::list(&server, request);
    validate_action_config(validate_action_config) is "ValidateActionConfig" of ACTION action_type => |server, request| validate::action(&server, request);
    plan_action(plan_action) is "PlanAction" of ACTION action_type => |server, request| action::plan(server, request).await;
}
