//! `resource "coffer_database_role"`

use std::collections::BTreeSet;

use coffer_backend::Error;
use coffer_plugin::{
    Context, Create, Diagnostic, Diagnostics, Import, Model, Resource, Result, Update,
    ValidateConfig, Value, validators,
};
use coffer_rotation::target::postgresql::RoleDefinition;
use coffer_vault::{Expect, PutRequest, Secret, SignedDuration, VersionSelector};

use crate::Coffer;
use crate::database_lease::{DatabaseRole, definition_name};
use crate::failure::cannot_about;
use crate::name::Name;
use crate::period::{Period, refreshed};
use crate::place::Place;

/// Says how logins of a PostgreSQL database are made for `coffer_database_credential`.
///
/// Statements may have `{{name}}`, `{{password}}` and `{{expiration}}` in them. `{{password}}` is replaced by the
/// password's SCRAM-SHA-256 verifier, so that the password itself stands in no statement and in no log of the server.
#[derive(Model)]
pub(crate) struct DatabaseRoleResource {
    /// The role's name.
    #[attr(required, requires_replace)]
    name: Value<Name>,
    #[flatten]
    place: Place,
    /// The name of the secret with the connection of a user who may make roles: a URL such as
    /// `postgresql://admin:…@db.example.com:5432/app`, or a JSON object with host, port, dbname, username and password.
    #[attr(required)]
    connection_secret: Value<Name>,
    /// The statements that make a login. Without any, it can log in until it expires, and has the rights of `member_of`.
    #[attr(optional, validate = validators::items(1..=100))]
    creation_statements: Value<Vec<String>>,
    /// The statements that take a login away. Without any, its sessions end, what it owns goes to the connection's user,
    /// and it is dropped.
    #[attr(optional, validate = validators::items(1..=100))]
    revocation_statements: Value<Vec<String>>,
    /// The database's roles whose rights a login gets.
    #[attr(optional)]
    member_of: Value<BTreeSet<String>>,
    /// For how long a login is valid unless it is renewed, such as `1h`, which it is unless set.
    #[attr(optional)]
    default_ttl: Value<Period>,
    /// For how long it can be renewed. `24h` unless set.
    #[attr(optional)]
    max_ttl: Value<Period>,
    /// The role's name, known once the role is there. Refer to it where logins are opened.
    #[attr(computed, use_state_for_unknown)]
    id: Value<String>,
}

const DEFAULT_TTL: SignedDuration = SignedDuration::from_hours(1);
const MAX_TTL: SignedDuration = SignedDuration::from_hours(24);

impl ValidateConfig for DatabaseRoleResource {
    fn validate_config(config: &Self, diagnostics: &mut Diagnostics) {
        if let Err(error) = config.definition().check() {
            let summary = "The statements cannot be meant";
            diagnostics.push(Diagnostic::error(
                summary,
                format!("{error}: {}.", error.remedy()),
            ));
        }
        if let (Some(default), Some(max)) =
            (config.default_ttl.as_known(), config.max_ttl.as_known())
            && default.length() > max.length()
        {
            diagnostics.error_at(
                "default_ttl",
                "default_ttl is longer than max_ttl",
                "Shorten it, or raise max_ttl.",
            );
        }
    }
}

impl Resource for DatabaseRoleResource {
    type Provider = Coffer;
    const TYPE_NAME: &'static str = "coffer_database_role";

    async fn create(ctx: &Context<Coffer>, change: Create<Self>) -> Result<Self> {
        change.plan.write(ctx, Some(Expect::Absent)).await
    }

    async fn read(ctx: &Context<Coffer>, state: Self) -> Result<Option<Self>> {
        let name = Name::required(&state.name)?;
        let stored = definition_name(&name)?;
        let found = state
            .place
            .store(ctx)?
            .get(&stored, VersionSelector::Current)
            .await;
        match found {
            Ok(found) => {
                let role: Option<DatabaseRole> =
                    serde_json::from_slice(found.value.danger_expose()).ok();
                Ok(role.map(|role| state.refreshed(&role)))
            }
            Err(error) if error.is_missing_secret() => Ok(None),
            Err(error) => {
                Err(cannot_about(&format!("look at the database role {name}"), &error).into())
            }
        }
    }

    async fn update(ctx: &Context<Coffer>, change: Update<Self>) -> Result<Self> {
        change.plan.write(ctx, None).await
    }

    async fn delete(ctx: &Context<Coffer>, state: Self) -> Result<()> {
        let name = Name::required(&state.name)?;
        // It holds no secret, so there is nothing to recover.
        let store = state.place.store(ctx)?;
        match store.purge(&definition_name(&name)?).await {
            Err(Error::Vault(coffer_vault::Error::NotWiped { .. })) | Ok(()) => Ok(()),
            Err(error) if error.is_missing_secret() => Ok(()),
            Err(error) => {
                Err(cannot_about(&format!("remove the database role {name}"), &error).into())
            }
        }
    }
}

impl Import for DatabaseRoleResource {
    async fn import(_: &Context<Coffer>, id: &str) -> Result<Self> {
        let (place, name) = Place::of_import(id)?;
        Ok(Self {
            place,
            name: name.into(),
            ..Self::null()
        })
    }
}

impl DatabaseRoleResource {
    fn definition(&self) -> RoleDefinition {
        RoleDefinition {
            creation: self.creation_statements.clone().known_or_else(Vec::new),
            revocation: self.revocation_statements.clone().known_or_else(Vec::new),
            member_of: self
                .member_of
                .as_known()
                .into_iter()
                .flatten()
                .cloned()
                .collect(),
        }
    }

    async fn write(self, ctx: &Context<Coffer>, expect: Option<Expect>) -> Result<Self> {
        let name = Name::required(&self.name)?;
        let seconds = |value: &Value<Period>, default: SignedDuration| {
            value.as_known().map_or(default, Period::length).as_secs()
        };
        let role = DatabaseRole {
            connection: self
                .connection_secret
                .clone()
                .require("connection_secret")?
                .0
                .to_string(),
            definition: self.definition(),
            default_ttl: seconds(&self.default_ttl, DEFAULT_TTL.min(self.longest())),
            max_ttl: seconds(&self.max_ttl, MAX_TTL.max(self.shortest())),
        };
        // Texts and numbers always have a JSON form.
        let text = serde_json::to_vec(&role).unwrap_or_default();
        let mut request = PutRequest::new(Secret::new(text)).content_type("application/json");
        if let Some(expect) = expect {
            request = request.expect(expect);
        }
        self.place
            .store(ctx)?
            .put(&definition_name(&name)?, request)
            .await
            .map_err(|error| cannot_about(&format!("store the database role {name}"), &error))?;
        Ok(Self {
            id: Value::Known(name.to_string()),
            ..self
        })
    }

    /// What `default_ttl` may be at most.
    fn longest(&self) -> SignedDuration {
        self.max_ttl
            .as_known()
            .map_or(SignedDuration::MAX, Period::length)
    }

    /// What `max_ttl` must be at least.
    fn shortest(&self) -> SignedDuration {
        self.default_ttl
            .as_known()
            .map_or(SignedDuration::ZERO, Period::length)
    }

    /// With what the vault says now. What is not set here and is the default there stays unset.
    fn refreshed(self, role: &DatabaseRole) -> Self {
        let list = |own: Value<Vec<String>>, stored: &[String]| {
            if stored.is_empty() && own.is_null() {
                own
            } else {
                Value::Known(stored.to_vec())
            }
        };
        let (longest, shortest) = (self.longest(), self.shortest());
        let member_of = if role.definition.member_of.is_empty() && self.member_of.is_null() {
            Value::Null
        } else {
            Value::Known(role.definition.member_of.iter().cloned().collect())
        };
        let connection = coffer_vault::SecretName::parse(&role.connection)
            .ok()
            .map(Name);
        Self {
            id: self.name.as_known().map(|name| name.0.to_string()).into(),
            name: self.name,
            place: self.place,
            connection_secret: connection.into(),
            creation_statements: list(self.creation_statements, &role.definition.creation),
            revocation_statements: list(self.revocation_statements, &role.definition.revocation),
            member_of,
            default_ttl: refreshed(self.default_ttl, role.default_ttl, DEFAULT_TTL.min(longest)),
            max_ttl: refreshed(self.max_ttl, role.max_ttl, MAX_TTL.max(shortest)),
        }
    }
}
