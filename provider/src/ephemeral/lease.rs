//! `ephemeral "coffer_lease"`

use std::collections::BTreeMap;
use std::time::SystemTime;

use coffer_backend::{VaultLease, VaultLeaseRequest};
use coffer_plugin::{
    Close, Context, Diagnostic, EphemeralResource, Model, Opened, Renew, Result, Value, validators,
};
use coffer_vault::Secret;
use serde_json::{Map, Value as Json};

use super::renewal;
use crate::Coffer;
use crate::member::members;
use crate::name::Name;
use crate::period::Period;
use crate::place::{Place, Placed};
use crate::reading::Opening;
use crate::secret_text::SecretText;
use crate::server_lease::{self, ServerLease};

/// What any engine of HashiCorp Vault or OpenBao gives for a while: database logins, cloud credentials, certificates,
/// Kubernetes tokens, one-time passwords.
///
/// The lease is renewed while Terraform needs it and revoked when Terraform is done, also after a failed run. If the process is
/// killed, the lease ends with the run's own token, within its `token_ttl`. The embedded vault has no such engines; its
/// own leases are `coffer_database_credential` and `coffer_token`.
#[derive(Model)]
#[model(conflicts("parameters", "parameters_json"))]
pub(crate) struct Lease {
    /// The path, mount and all, such as `database/creds/app` or `aws/sts/deploy`.
    #[attr(required)]
    path: Value<Name>,
    /// How the engine is asked: `read` or `write`. `write` where there are parameters, and `read` otherwise, unless set.
    #[attr(optional, validate = validators::one_of(&["read", "write"]))]
    method: Value<String>,
    /// What is written to the path, as texts. May have ephemeral values.
    #[attr(optional, sensitive)]
    parameters: Value<BTreeMap<String, SecretText>>,
    /// The same as a JSON object, where the engine wants something else than texts. May be an ephemeral value.
    #[attr(optional, sensitive)]
    parameters_json: Value<SecretText>,
    /// For how long the lease is asked to be valid each time it is renewed, such as `10m`. What the engine has set unless
    /// set; for how long it is valid at first is the engine's own parameter.
    #[attr(optional)]
    ttl: Value<Period>,
    #[flatten]
    place: Place,
    #[flatten]
    opening: Opening,
    /// What the engine gave: texts as they are, anything else in its JSON notation.
    #[attr(computed, sensitive)]
    data: Value<BTreeMap<String, SecretText>>,
    /// The same as a JSON object, for `jsondecode`, which keeps the types.
    #[attr(computed, sensitive)]
    data_json: Value<SecretText>,
    /// The lease's id on the server. Null where the engine makes no lease, as for a static role.
    #[attr(computed)]
    lease_id: Value<String>,
    /// Whether it is renewed.
    #[attr(computed)]
    renewable: Value<bool>,
    /// When it ends unless it is renewed (RFC 3339). Null where the engine says nothing of an end.
    #[attr(computed)]
    expires_at: Value<String>,
}

impl EphemeralResource for Lease {
    type Provider = Coffer;
    /// None where nothing was opened in earnest, or the engine made no lease.
    type Lease = Option<Placed<ServerLease>>;
    const TYPE_NAME: &'static str = "coffer_lease";

    async fn open(ctx: &Context<Coffer>, config: Self) -> Result<Opened<Self>> {
        if !config.opening.is_due(ctx) {
            let result = Self {
                data: Value::Unknown,
                data_json: Value::Unknown,
                lease_id: Value::Unknown,
                renewable: Value::Unknown,
                expires_at: Value::Unknown,
                ..config
            };
            return Ok(Opened::leased(result, None));
        }
        let request = config.request()?;
        let Name(path) = config.path.clone().require("path")?;
        ctx.data().guard().admit([&path])?;
        let server = config.place.server(ctx, Self::TYPE_NAME)?;
        let ttl = config.ttl.as_known().map(Period::length);
        let (given, lease) = server_lease::open(server, &request, ttl).await?;
        let renew_at = match given.expires() {
            Some(expires) if given.is_renewable => renewal(expires),
            _ => None,
        };
        let place = config.place.clone();
        let result = config.with_result(given);
        let lease = lease.map(|lease| place.keep(lease));
        Ok(Opened::leased(result, lease).renew_at(renew_at))
    }
}

impl Renew for Lease {
    async fn renew(
        ctx: &Context<Coffer>,
        lease: &Option<Placed<ServerLease>>,
    ) -> Result<Option<SystemTime>> {
        let Some(placed) = lease.as_ref().filter(|it| it.lease.is_renewable()) else {
            return Ok(None);
        };
        let server = placed.server(ctx, Self::TYPE_NAME)?;
        Ok(placed.lease.renew(server).await?.and_then(renewal))
    }
}

impl Close for Lease {
    async fn close(ctx: &Context<Coffer>, lease: Option<Placed<ServerLease>>) -> Result<()> {
        let Some(placed) = lease else {
            return Ok(());
        };
        let server = placed.server(ctx, Self::TYPE_NAME)?;
        Ok(placed.lease.revoke(server).await?)
    }
}

impl Lease {
    fn request(&self) -> Result<VaultLeaseRequest, Diagnostic> {
        let Name(path) = self.path.clone().require("path")?;
        let parameters = match (&self.parameters, &self.parameters_json) {
            (Value::Known(texts), _) => Some(texts.iter().map(parameter).collect()),
            (_, Value::Known(json)) => Some(object(json)?),
            _ => None,
        };
        let data = match (self.method.as_known().map(String::as_str), parameters) {
            (Some("read"), Some(_)) => {
                return Err(Diagnostic::error(
                    "What is read has no parameters",
                    "Leave the parameters out, or the method, which is then `write`.",
                )
                .at("method"));
            }
            (Some("write"), parameters) => Some(parameters.unwrap_or_default()),
            (_, parameters) => parameters,
        };
        Ok(VaultLeaseRequest {
            path: path.as_str().to_owned(),
            data,
        })
    }

    fn with_result(self, given: VaultLease) -> Self {
        let expires = given.expires().map(|time| time.to_string());
        let id = Some(given.id).filter(|id| !id.is_empty());
        Self {
            data: members(&given.data).into(),
            data_json: SecretText::new(given.data).into(),
            renewable: Value::Known(given.is_renewable && id.is_some()),
            lease_id: id.into(),
            expires_at: expires.into(),
            ..self
        }
    }
}

fn parameter((name, text): (&String, &SecretText)) -> (String, Json) {
    (name.clone(), Json::from(text.danger_expose()))
}

/// The object that `text` is. What is wrong with it is not told in the parser's words, which repeat what stands there.
fn object(text: &SecretText) -> Result<Map<String, Json>, Diagnostic> {
    let secret: Secret = text.clone().into_secret();
    serde_json::from_slice(secret.danger_expose()).map_err(|error| {
        let detail = format!(
            "Something is wrong with it at line {}, character {}. Write an object with jsonencode.",
            error.line(),
            error.column()
        );
        Diagnostic::error("The parameters are no JSON object", detail).at("parameters_json")
    })
}
