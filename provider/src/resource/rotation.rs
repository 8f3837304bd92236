//! `resource "coffer_rotation"`

mod blocks;
mod due;
mod policy;
mod rotate;

use std::collections::BTreeMap;

use coffer_plugin::{
    Context, Create, Diagnostics, Import, Model, ModifyPlan, Path, Plan, Resource, Result, Update,
    ValidateConfig, Value, validators,
};
use coffer_rotation::clock::{Clock as _, SystemClock};
use coffer_rotation::outlook::Outlook;
use coffer_rotation::schedule::Schedule;
use coffer_rotation::state::State;
use coffer_vault::{SecretMetadata, Timestamp};

use self::blocks::{
    AwsRotationTarget, BlackoutTime, CommandTargetBlock, MysqlTarget, OpenbaoStaticRoleTarget,
    PostgresqlTarget, SshKeyTargetBlock, TlsCertificateTargetBlock, WebhookTargetBlock,
};
use crate::Coffer;
use crate::name::Name;
use crate::password::PasswordArguments;
use crate::period::Period;
use crate::place::Place;
use crate::refresh::{Found, look};

/// Rotates a secret: generates a new version when it is due, and has a system outside accept it.
///
/// `version` is the edge. Refer to it in the `version` of an ephemeral `coffer_secret` and in the `*_wo_version` of
/// whoever consumes the value: a quiet plan is empty, and a plan with a rotation that is due shows
/// `version = 1 -> (known after apply)` here and an update of each consumer.
///
/// With a block for a target, the new value is set there before it becomes current: it is stored as pending, set, tried,
/// and only then current. Whatever interrupts that, the next apply, or the next `coffer rotate --due`, goes on where it
/// stopped. At every moment one credential works.
///
/// The clock is in the vault, not in the state: two workspaces, or a lost state, rotate once. The policy is kept there,
/// too, so that `coffer rotate --due` rotates without Terraform, whose next plan sees the new version and updates the
/// consumers. The previous version stays readable as `version_stage = "previous"`. Destroying the rotation leaves the
/// secret as it is, and nothing rotates it any more.
#[derive(Model)]
#[model(conflicts("rotate_after", "schedule_expression"))]
pub(crate) struct Rotation {
    /// The secret's name. It is created if it does not exist.
    #[attr(required, requires_replace)]
    name: Value<Name>,
    #[flatten]
    place: Place,
    /// How old the current version may become, such as `30d`.
    #[attr(optional)]
    rotate_after: Value<Period>,
    /// When to rotate, in the spelling of AWS: `rate(30 days)`, or `cron(0 4 ? * SUN *)` for Sundays at four.
    #[attr(optional, validate = schedule)]
    schedule_expression: Value<String>,
    /// The time zone of cron times, by its name in the IANA database, such as `Europe/Berlin`. A time that is left out
    /// when the clocks go forward is the moment at which they do; one that comes twice counts once. UTC unless set.
    #[attr(optional)]
    time_zone: Value<String>,
    /// How long after each time that `schedule_expression` names a rotation may be made, such as `4h`. One that is missed
    /// waits for the next time. Without it, it is made whenever Terraform next runs.
    #[attr(optional)]
    rotation_window: Value<Period>,
    /// When nothing is rotated, however due it is. What is due then waits for the end.
    #[block]
    blackout: Vec<BlackoutTime>,
    /// Texts of any meaning. When one changes, the secret is rotated.
    #[attr(optional)]
    keepers: Value<BTreeMap<String, String>>,
    /// Whether the secret is rotated at once when the rotation is created, although it exists and is not due. `false`
    /// unless set.
    #[attr(optional)]
    rotate_immediately: Value<bool>,
    /// Whether the secret is due as soon as `coffer rotate exposed` marks its current version as known to others. `true`
    /// unless set.
    #[attr(optional)]
    rotate_on_exposure: Value<bool>,
    /// Whose credential is changed in the target: `single`, always that of the same user, whose old one stops to work when
    /// the new one begins to; or `alternating`, in turn that of one of two users, so that the old one works on. `single`
    /// unless set.
    #[attr(optional, validate = validators::one_of(&["single", "alternating"]))]
    strategy: Value<String>,
    /// The users in the target: one for `single`, two for `alternating`, of which the first is the one whose password the
    /// secret has now.
    #[attr(optional, validate = validators::items(1..=2))]
    usernames: Value<Vec<String>>,
    /// For how long the previous version stays valid. It is then revoked in the target and disabled in the store, by the
    /// next apply or the next `coffer rotate --due`. Unless set, until the next rotation.
    #[attr(optional)]
    grace_period: Value<Period>,
    /// How many versions keep their value; older ones are destroyed. All unless set.
    #[attr(optional, validate = validators::between(2..=10_000))]
    versions_to_keep: Value<u32>,
    /// What happens to a new version that the target refuses: `rollback` puts the old credential back and drops the new
    /// version; `keep_pending` leaves it for the next run to try again. `rollback` unless set.
    #[attr(optional, validate = validators::one_of(&["rollback", "keep_pending"]))]
    on_failure: Value<String>,
    /// Whether the current credential is tried in the target, and replaced where that refuses it. A plan then reads the
    /// value and connects. `false` unless set.
    #[attr(optional)]
    detect_drift: Value<bool>,
    /// When a new version becomes the current one: `immediate`, in the same apply; or `deferred`, by a
    /// `coffer_rotation_promotion` that depends on the consumers, so that the old value stays current until all of them
    /// have the new one. `immediate` unless set.
    #[attr(optional, validate = validators::one_of(&["immediate", "deferred"]))]
    promotion: Value<String>,
    /// What the value is: `plain`, the password alone; or `json`, an object with `username`, `password`, `engine`, `host`,
    /// `port` and `dbname`, as AWS has it for databases. `plain` with the strategy `single` and `json` with `alternating`,
    /// unless set.
    #[attr(optional, validate = validators::one_of(&["plain", "json"]))]
    value_format: Value<String>,
    /// How new values are generated: a password of 32 characters unless set.
    #[block]
    generate: Option<PasswordArguments>,
    /// A role of a PostgreSQL server, whose password is set. The server gets its SCRAM-SHA-256 verifier, never the password
    /// itself.
    #[block]
    target_postgresql: Option<PostgresqlTarget>,
    /// A user of a MySQL or MariaDB server, whose password is set. The server gets the hash that it stores, never the
    /// password itself.
    #[block]
    target_mysql: Option<MysqlTarget>,
    /// A static role of the database engine of OpenBao or HashiCorp Vault.
    #[block]
    target_openbao_static_role: Option<OpenbaoStaticRoleTarget>,
    /// The rotation of AWS Secrets Manager by a Lambda function.
    #[block]
    target_aws_rotation: Option<AwsRotationTarget>,
    /// A receiver over HTTPS that sets the credential when it is told to.
    #[block]
    target_webhook: Option<WebhookTargetBlock>,
    /// Programs that set the credential, with the value on their standard input.
    #[block]
    target_command: Option<CommandTargetBlock>,
    /// An SSH key pair: the value is the private key, and programs install the public one.
    #[block]
    target_ssh_key: Option<SshKeyTargetBlock>,
    /// A TLS certificate of a private authority or of a PKI engine, renewed before it ends.
    #[block]
    target_tls_certificate: Option<TlsCertificateTargetBlock>,
    /// The version to use: the current one, or the pending one where `promotion` is `deferred`.
    #[attr(computed, use_state_for_unknown)]
    version: Value<u64>,
    /// The version before it, readable as `version_stage = "previous"`. Null if there is none.
    #[attr(computed)]
    previous_version: Value<u64>,
    /// The user whose credential `version` is. Null without `usernames`.
    #[attr(computed)]
    active_username: Value<String>,
    /// When the current version became current (RFC 3339).
    #[attr(computed)]
    last_rotated: Value<String>,
    /// When the next rotation is due (RFC 3339). Null without `rotate_after` and `schedule_expression`.
    #[attr(computed)]
    next_rotation: Value<String>,
    /// Until when the previous version is valid (RFC 3339). Null without `grace_period`, and once it has ended.
    #[attr(computed)]
    previous_valid_until: Value<String>,
    /// Whether a rotation is due.
    #[attr(computed)]
    rotation_due: Value<bool>,
    /// Why it is due. Null if it is not.
    #[attr(computed)]
    due_reason: Value<String>,
    /// The last step that is done of a rotation that is under way: `pending`, `set` or `tested`. Null if none is.
    #[attr(computed)]
    pending_step: Value<String>,
}

fn schedule(text: &str) -> Result<(), String> {
    Schedule::parse(text)
        .map(drop)
        .map_err(|error| format!("{error}."))
}

impl ValidateConfig for Rotation {
    fn validate_config(config: &Self, diagnostics: &mut Diagnostics) {
        if config.rotation_window.is_known() && config.schedule_expression.is_null() {
            diagnostics.error_at(
                "rotation_window",
                "A window without times",
                "rotation_window belongs to schedule_expression. Set that too, or leave the window out.",
            );
        }
        if let Some(generate) = &config.generate {
            generate.validate(&Path::root().attribute("generate"), diagnostics);
        }
        config.validate_policy(diagnostics);
    }
}

impl Resource for Rotation {
    type Provider = Coffer;
    const TYPE_NAME: &'static str = "coffer_rotation";

    async fn create(ctx: &Context<Coffer>, change: Create<Self>) -> Result<Self> {
        rotate::create(ctx, change.plan).await
    }

    async fn read(ctx: &Context<Coffer>, state: Self) -> Result<Option<Self>> {
        let name = Name::required(&state.name)?;
        Ok(match look(ctx, &state.place, &name).await? {
            Found::There(found) if found.current.is_some() => Some(state.refreshed(&found)),
            Found::There(_) | Found::Gone => None,
            Found::CannotTell => Some(state),
        })
    }

    async fn update(ctx: &Context<Coffer>, change: Update<Self>) -> Result<Self> {
        rotate::update(ctx, &change.prior, change.plan).await
    }

    async fn delete(ctx: &Context<Coffer>, state: Self) -> Result<()> {
        rotate::forget(ctx, &state).await
    }
}

impl ModifyPlan for Rotation {
    async fn modify_plan(ctx: &Context<Coffer>, plan: &mut Plan<Self>) -> Result<()> {
        due::plan(ctx, plan).await
    }
}

impl Import for Rotation {
    async fn import(_: &Context<Coffer>, id: &str) -> Result<Self> {
        let (place, name) = Place::of_import(id)?;
        Ok(Self {
            place,
            name: name.into(),
            ..Self::null()
        })
    }
}

impl Rotation {
    /// Whether a new version waits for its promotion.
    fn is_deferred(&self) -> bool {
        self.promotion.as_known().is_some_and(|it| it == "deferred")
    }

    /// With what the vault says now.
    fn refreshed(self, found: &SecretMetadata) -> Self {
        let policy = self.policy();
        // What is malformed is told where something depends on it.
        let state = State::of(found).unwrap_or_default();
        let outlook = Outlook::of(&policy, found, &state, SystemClock.now());
        let waiting = found.pending.filter(|_| self.is_deferred());
        let version = waiting.or(found.current);
        let previous = match waiting {
            Some(_) => found.current,
            None => found.previous,
        };
        let user = version.and_then(|version| state.users.get(&version));
        let time = |at: Timestamp| at.to_string();
        Self {
            version: version.into(),
            previous_version: previous.into(),
            active_username: user.or(policy.only_user()).cloned().into(),
            last_rotated: state.current_since(found).map(time).into(),
            next_rotation: outlook.next.map(time).into(),
            previous_valid_until: state.retiring.map(|it| time(it.until)).into(),
            rotation_due: Value::Known(outlook.due.is_some()),
            due_reason: outlook.due.map(|reason| reason.to_string()).into(),
            pending_step: outlook.under_way.map(|step| step.to_string()).into(),
            ..self
        }
    }

    /// With all that a rotation changes not known yet.
    fn expect_rotation(&mut self) {
        self.version = Value::Unknown;
        self.previous_version = Value::Unknown;
        self.active_username = Value::Unknown;
        self.last_rotated = Value::Unknown;
        self.next_rotation = Value::Unknown;
        self.previous_valid_until = Value::Unknown;
        self.rotation_due = Value::Unknown;
        self.due_reason = Value::Unknown;
        self.pending_step = Value::Unknown;
    }
}
