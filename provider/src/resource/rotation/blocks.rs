//! The nested blocks of a rotation.

use coffer_backend::Reference;
use coffer_plugin::{Model, Value, validators};
use coffer_rotation::schedule::{Blackout, Schedule};
use coffer_rotation::target::TargetSpec;
use coffer_rotation::target::command::CommandTarget;
use coffer_rotation::target::postgresql::RotatedRole;
use coffer_rotation::target::ssh_key::SshKeyTarget;
use coffer_rotation::target::tls_certificate::CertificateSettings;
use coffer_rotation::target::webhook::WebhookSettings;

use crate::period::Period;

/// A time in which nothing is rotated: once, with `from` and `until`, or again and again, with `schedule_expression` and
/// `length`.
#[derive(Clone, Debug, PartialEq, Model)]
#[model(exactly_one_of("from", "schedule_expression"))]
#[model(required_together("from", "until"))]
#[model(required_together("schedule_expression", "length"))]
pub(crate) struct BlackoutTime {
    /// When it begins (RFC 3339), such as `2030-12-20T00:00:00Z`.
    #[attr(optional, validate = time)]
    from: Value<String>,
    /// When it has ended (RFC 3339).
    #[attr(optional, validate = time)]
    until: Value<String>,
    /// When it begins, again and again: `cron(0 0 ? * SAT *)` for Saturdays at midnight, in `time_zone`.
    #[attr(optional, validate = super::schedule)]
    schedule_expression: Value<String>,
    /// How long it lasts, such as `2d`.
    #[attr(optional)]
    length: Value<Period>,
}

fn time(text: &str) -> Result<(), String> {
    text.parse::<coffer_vault::Timestamp>()
        .map(drop)
        .map_err(|_| "Use a time such as 2030-12-20T00:00:00Z.".to_owned())
}

impl BlackoutTime {
    /// The blackout; none while a part of it is unknown. What is malformed was refused before.
    pub(super) fn blackout(&self) -> Option<Blackout> {
        if let (Some(from), Some(until)) = (self.from.as_known(), self.until.as_known()) {
            let (from, until) = (from.parse().ok()?, until.parse().ok()?);
            return Some(Blackout::Once { from, until });
        }
        Some(Blackout::Repeated {
            schedule: Schedule::parse(self.schedule_expression.as_known()?).ok()?,
            length: self.length.as_known()?.as_period().clone(),
        })
    }
}

/// A role of a PostgreSQL server.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct PostgresqlTarget {
    /// The secret with the connection of whoever may change the role: a URL, libpq's text, or JSON as AWS has it for
    /// databases. Its `sslmode` holds for the role's login, too. A name in the same store, or `STORE:NAME`.
    #[attr(required, validate = reference)]
    admin_secret: Value<String>,
    /// The database that the role logs in to when its password is tried. That of the connection unless set.
    #[attr(optional, validate = validators::not_empty())]
    database: Value<String>,
    /// What sets the password, with `{{name}}` and `{{password}}` in it; the latter is a SCRAM-SHA-256 verifier. An
    /// `ALTER ROLE` unless set.
    #[attr(optional, validate = validators::items(1..=100))]
    statements: Value<Vec<String>>,
}

/// A receiver over HTTPS that sets the credential. Each step is a POST of JSON with `step` (`set`, `test`, `revoke`),
/// `name`, `version`, `username` and `password`, signed in the header `Coffer-Signature` with HMAC-SHA-256.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct WebhookTargetBlock {
    /// The address: `https:`, or `http:` on this machine. An answer of 2xx means that the step is done, of 4xx that it is
    /// refused; others are tried again.
    #[attr(required, validate = validators::not_empty())]
    url: Value<String>,
    /// The secret with the key of the signatures, of at least 16 bytes. A name in the same store, or `STORE:NAME`.
    #[attr(required, validate = reference)]
    key_secret: Value<String>,
}

/// Programs that set the credential. Each gets the password on its standard input, and `COFFER_ROTATION_STEP`,
/// `COFFER_ROTATION_NAME`, `COFFER_ROTATION_VERSION` and `COFFER_ROTATION_USERNAME` in its environment. It ends with 0
/// where it is done, with 1 where the system refuses it and nothing was changed, with anything else where it cannot tell.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct CommandTargetBlock {
    /// The program that has the system accept the password, with its arguments.
    #[attr(required, validate = validators::items(1..=100))]
    set: Value<Vec<String>>,
    /// The program that tries the password. It counts as accepted unless set.
    #[attr(optional, validate = validators::items(1..=100))]
    test: Value<Vec<String>>,
    /// The program that has the system accept the previous password no more, when its grace period is over.
    #[attr(optional, validate = validators::items(1..=100))]
    revoke: Value<Vec<String>>,
}

/// Programs that install the public half of an SSH key pair, whose private half is the value. The environment and the exit
/// codes are those of `target_command`.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct SshKeyTargetBlock {
    /// The program that gets the public key, as a line for `authorized_keys`, on its standard input and installs it.
    #[attr(required, validate = validators::items(1..=100))]
    install: Value<Vec<String>>,
    /// The program that gets the private key on its standard input and tries it. It counts as accepted unless set.
    #[attr(optional, validate = validators::items(1..=100))]
    test: Value<Vec<String>>,
    /// The program that gets the previous public key on its standard input and removes it, when its grace period is over.
    #[attr(optional, validate = validators::items(1..=100))]
    remove: Value<Vec<String>>,
}

/// A TLS certificate of a private authority. The value is the private key, the certificate and that of the authority, as
/// PEM in this order.
#[derive(Clone, Debug, PartialEq, Model)]
pub(crate) struct TlsCertificateTargetBlock {
    /// The secret of the authority: `coffer generate authority --put NAME` makes one. A name in the same store, or
    /// `STORE:NAME`.
    #[attr(required, validate = reference)]
    authority_secret: Value<String>,
    /// The DNS names and IP addresses that the certificate is for.
    #[attr(required, validate = validators::items(1..=100))]
    names: Value<Vec<String>>,
    /// For how long a certificate is valid, such as `90d`.
    #[attr(required)]
    validity: Value<Period>,
    /// How long before its end it is renewed, such as `30d`.
    #[attr(required)]
    renew_before: Value<Period>,
    /// A program that gets the value on its standard input, to install it where it is needed.
    #[attr(optional, validate = validators::items(1..=100))]
    install: Value<Vec<String>>,
}

fn reference(text: &str) -> Result<(), String> {
    Reference::parse(text)
        .map(drop)
        .map_err(|error| format!("{error}."))
}

/// A block that describes a target.
pub(super) trait TargetBlock {
    /// The target; what is not known has its default, or there is none where that has no default.
    fn spec(&self) -> Option<TargetSpec>;

    /// Whether a part of it is not known yet.
    fn has_unknown(&self) -> bool;
}

fn words(value: &Value<Vec<String>>) -> Vec<String> {
    value.as_known().cloned().unwrap_or_default()
}

fn text(value: &Value<String>) -> String {
    value.as_known().cloned().unwrap_or_default()
}

impl TargetBlock for PostgresqlTarget {
    fn spec(&self) -> Option<TargetSpec> {
        Some(TargetSpec::Postgresql(RotatedRole {
            admin_secret: text(&self.admin_secret),
            database: self.database.as_known().cloned(),
            statements: words(&self.statements),
        }))
    }

    fn has_unknown(&self) -> bool {
        self.admin_secret.is_unknown() || self.database.is_unknown() || self.statements.is_unknown()
    }
}

impl TargetBlock for WebhookTargetBlock {
    fn spec(&self) -> Option<TargetSpec> {
        Some(TargetSpec::Webhook(WebhookSettings {
            url: text(&self.url),
            key_secret: text(&self.key_secret),
        }))
    }

    fn has_unknown(&self) -> bool {
        self.url.is_unknown() || self.key_secret.is_unknown()
    }
}

impl TargetBlock for CommandTargetBlock {
    fn spec(&self) -> Option<TargetSpec> {
        Some(TargetSpec::Command(CommandTarget {
            set: words(&self.set),
            test: words(&self.test),
            revoke: words(&self.revoke),
        }))
    }

    fn has_unknown(&self) -> bool {
        self.set.is_unknown() || self.test.is_unknown() || self.revoke.is_unknown()
    }
}

impl TargetBlock for SshKeyTargetBlock {
    fn spec(&self) -> Option<TargetSpec> {
        Some(TargetSpec::SshKey(SshKeyTarget {
            install: words(&self.install),
            test: words(&self.test),
            remove: words(&self.remove),
        }))
    }

    fn has_unknown(&self) -> bool {
        self.install.is_unknown() || self.test.is_unknown() || self.remove.is_unknown()
    }
}

impl TargetBlock for TlsCertificateTargetBlock {
    fn spec(&self) -> Option<TargetSpec> {
        Some(TargetSpec::TlsCertificate(CertificateSettings {
            authority_secret: text(&self.authority_secret),
            names: words(&self.names),
            validity: self.validity.as_known()?.as_period().clone(),
            renew_before: self.renew_before.as_known()?.as_period().clone(),
            install: words(&self.install),
        }))
    }

    fn has_unknown(&self) -> bool {
        self.authority_secret.is_unknown()
            || self.names.is_unknown()
            || self.validity.is_unknown()
            || self.renew_before.is_unknown()
            || self.install.is_unknown()
    }
}
