use super::*;
use crate::registration::{data_source, ephemeral, resource};
use crate::{
    Call, Context, Create, DataSource, EphemeralResource, Offers, Opened, Provider, Resource,
    Result, Update, Value,
};

#[tokio::test]
async fn the_schema_carries_every_flag() {
    let host = Host::new().await;
    let request = wire::get_provider_schema::Request {};
    let schema = host
        .service
        .get_schema(Request::new(request))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(schema.diagnostics, []);
    let thing = &schema.resource_schemas["spy_thing"];
    assert_eq!(thing.version, 2);
    let block = thing.block.as_ref().unwrap();
    assert_eq!(block.description, "A thing.");
    let find = |name: &str| block.attributes.iter().find(|it| it.name == name).unwrap();
    assert!(find("name").required && !find("name").optional && !find("name").computed);
    assert_eq!(find("name").description, "Its name.");
    assert_eq!(find("name").r#type, br#""string""#);
    assert!(find("secret_wo").write_only && find("secret_wo").sensitive);
    assert!(find("secret_wo").optional && !find("secret_wo").computed);
    assert!(find("row").optional && find("row").computed);
    assert!(find("size").computed && !find("size").optional);
    assert_eq!(find("label").deprecation_message, "Use name.");
    let tag = block
        .block_types
        .iter()
        .find(|it| it.type_name == "tag")
        .unwrap();
    assert_eq!(tag.nesting(), wire::schema::nested_block::NestingMode::List);
    assert_eq!(tag.block.as_ref().unwrap().description, "What hangs on it.");
    let capabilities = schema.server_capabilities.unwrap();
    assert!(capabilities.get_provider_schema_optional && capabilities.plan_destroy);
    assert!(schema.action_schemas.contains_key("spy_ring"));
    assert!(schema.list_resource_schemas.contains_key("spy_thing"));
}

#[tokio::test]
async fn metadata_and_functions_agree_with_the_schema() {
    let host = Host::new().await;
    let schema = wire::get_provider_schema::Request {};
    let schema = host
        .service
        .get_schema(Request::new(schema))
        .await
        .unwrap()
        .into_inner();
    let functions = wire::get_functions::Request {};
    let functions = host
        .service
        .get_functions(Request::new(functions))
        .await
        .unwrap();
    assert_eq!(functions.into_inner().functions, schema.functions);
    let join = &schema.functions["join"];
    assert_eq!(join.parameters.len(), 1);
    assert!(join.parameters[0].allow_null_value);
    assert_eq!(join.variadic_parameter.as_ref().unwrap().name, "parts");
    assert_eq!(join.r#return.as_ref().unwrap().r#type, br#""string""#);
    let metadata = wire::get_metadata::Request {};
    let metadata = host
        .service
        .get_metadata(Request::new(metadata))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(metadata.resources[0].type_name, "spy_thing");
    assert_eq!(metadata.functions[0].name, "join");
    assert_eq!(metadata.actions[0].type_name, "spy_ring");
}

/// Breaks rules.
struct Faulty;

#[derive(crate::Model)]
#[model(conflicts("value_wo", "missing"))]
struct Everything {
    #[attr(optional, write_only)]
    value_wo: Value<String>,
    #[attr(optional, prefer = "other")]
    count: Value<i64>,
    #[block(set)]
    inner: Vec<Inner>,
}

#[derive(crate::Model)]
struct Inner {
    #[attr(computed)]
    id: Value<i64>,
    #[attr(optional)]
    any: Value<Cty>,
}

impl Provider for Faulty {
    type Config = ();
    type Data = ();
    const NAME: &'static str = "faulty";
    const ADDRESS: &'static str = "registry.terraform.io/example/faulty";
    const VERSION: &'static str = "0";

    fn offers() -> Offers<Self> {
        Offers::new()
            .resource(resource::<Everything>())
            .ephemeral(ephemeral::<Everything>())
            .data_source(data_source::<Everything>())
            .data_source(data_source::<Everything>())
    }

    async fn configure(_: &Call, (): ()) -> Result<()> {
        Ok(())
    }
}

impl Resource for Everything {
    type Provider = Faulty;
    const TYPE_NAME: &'static str = "thing";

    async fn create(_: &Context<Faulty>, change: Create<Self>) -> Result<Self> {
        Ok(change.plan)
    }

    async fn read(_: &Context<Faulty>, state: Self) -> Result<Option<Self>> {
        Ok(Some(state))
    }

    async fn update(_: &Context<Faulty>, change: Update<Self>) -> Result<Self> {
        Ok(change.plan)
    }

    async fn delete(_: &Context<Faulty>, _: Self) -> Result<()> {
        Ok(())
    }
}

impl EphemeralResource for Everything {
    type Provider = Faulty;
    type Lease = ();
    const TYPE_NAME: &'static str = "faulty_thing";

    async fn open(_: &Context<Faulty>, config: Self) -> Result<Opened<Self>> {
        Ok(Opened::new(config))
    }
}

impl DataSource for Everything {
    type Provider = Faulty;
    const TYPE_NAME: &'static str = "faulty_thing";

    async fn read(_: &Context<Faulty>, config: Self) -> Result<Self> {
        Ok(config)
    }
}

#[tokio::test]
async fn a_schema_that_terraform_would_refuse_says_so() {
    let service = Service(Server::<Faulty>::new());
    let request = Request::new(wire::get_provider_schema::Request {});
    let schema = service.get_schema(request).await.unwrap().into_inner();
    let faults: Vec<String> = schema.diagnostics.into_iter().map(|it| it.detail).collect();
    for part in [
        "faulty_thing is offered twice",
        "resource thing does not begin with faulty_",
        "resource thing.count is a name that Terraform takes for itself",
        "thing.count prefers other",
        "thing has a rule about missing",
        "ephemeral faulty_thing.value_wo is write-only",
        "data faulty_thing.value_wo is write-only",
        "thing.inner.id is computed inside a set block",
        "thing.inner.any is dynamic inside a repeated block",
    ] {
        assert!(
            faults.iter().any(|fault| fault.contains(part)),
            "{part}: {faults:?}"
        );
    }
}
