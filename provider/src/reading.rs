//! What every ephemeral resource that reads a secret can be told: when to read, and what to do if the secret is
//! missing or old.

use coffer_backend::{Error, SecretStore};
use coffer_plugin::{Context, Diagnostic, Model, Result, Value, validators};
use coffer_vault::{SecretName, Timestamp, VersionMetadata};

use crate::Coffer;
use crate::failure::cannot_about;
use crate::period::Period;
use crate::phase::{OpenOn, Phase};

/// When an ephemeral resource is opened in earnest.
#[derive(Clone, Debug, Model)]
pub(crate) struct Opening {
    /// When it is opened: `always` (in plan and in apply) or `apply` (what it gives is unknown while Terraform plans, and a
    /// plan needs no permission for it). The provider's `open_on` unless set.
    #[attr(optional, validate = validators::one_of(OpenOn::NAMES))]
    open_on: Value<String>,
    /// Any text. It does nothing but order: refer to something here that must be there before this is opened.
    #[attr(optional)]
    after: Value<String>,
}

impl Opening {
    /// Whether to open it now.
    pub(crate) fn is_due(&self, ctx: &Context<Coffer>) -> bool {
        let open_on = self.open_on.as_known().map(String::as_str);
        open_on
            .map_or(ctx.data().open_on(), OpenOn::from_name)
            .reads_in(ctx.data().phase())
    }
}

/// When to read, and what to do if the secret is missing or old.
#[derive(Clone, Debug, Model)]
pub(crate) struct Reading {
    #[flatten]
    opening: Opening,
    /// What to do if the secret does not exist: `error`; `unknown`, which while Terraform plans gives unknown values,
    /// so that one apply can both create the secret and use it (Terraform only; OpenTofu needs `after`); `null`.
    /// `error` unless set.
    #[attr(optional, validate = validators::one_of(&["error", "unknown", "null"]))]
    pub(crate) on_missing: Value<String>,
    /// How old the version may be, such as `90d`; see `on_stale`.
    #[attr(optional)]
    pub(crate) max_age: Value<Period>,
    /// What to do if the version is older than `max_age` or has expired: `warn` or `error`. `warn` unless set.
    #[attr(optional, validate = validators::one_of(&["warn", "error"]))]
    pub(crate) on_stale: Value<String>,
}

/// What came of reading.
pub(crate) enum Outcome<T> {
    /// This.
    Read(T),
    /// It is not to be known yet.
    Unknown,
    /// It is not there, and that is no error.
    Null,
}

impl Reading {
    /// Whether to read now.
    pub(crate) fn is_due(&self, ctx: &Context<Coffer>) -> bool {
        self.opening.is_due(ctx)
    }

    /// What comes of the answer to reading `name`.
    ///
    /// # Errors
    /// The store's error, unless the secret is merely missing and that is allowed.
    pub(crate) fn judge<T>(
        &self,
        ctx: &Context<Coffer>,
        name: &SecretName,
        answer: Result<T, Error>,
    ) -> Result<Outcome<T>> {
        let error = match answer {
            Ok(found) => return Ok(Outcome::Read(found)),
            Err(error) => error,
        };
        let on_missing = self.on_missing.as_known().map(String::as_str);
        if error.is_missing_secret() {
            match (on_missing, ctx.data().phase()) {
                (Some("unknown"), Phase::Plan) => return Ok(Outcome::Unknown),
                (Some("null"), _) => return Ok(Outcome::Null),
                _ => {}
            }
        }
        Err(cannot_about(&format!("read the secret {name}"), &error).into())
    }

    /// Warns of a version that is too old or has expired, or refuses it.
    ///
    /// # Errors
    /// Where it is too old or has expired and `on_stale` is `error`.
    pub(crate) fn check_age(&self, ctx: &Context<Coffer>, version: &VersionMetadata) -> Result<()> {
        let guard = ctx.data().guard();
        let on_stale = self.on_stale.as_known().map(String::as_str);
        let refuse = on_stale.or(guard.on_stale()) == Some("error");
        let max_age = self.max_age.as_known().or(guard.max_age());
        // Terraform has shown the warning with the plan.
        if !refuse && ctx.data().phase() == Phase::Apply {
            return Ok(());
        }
        let now = Timestamp::now();
        for diagnostic in staleness(version, max_age, now) {
            if refuse {
                return Err(diagnostic.into());
            }
            ctx.warn(diagnostic.summary, diagnostic.detail);
        }
        Ok(())
    }
}

/// What is wrong with the version's age at `now`.
fn staleness(
    version: &VersionMetadata,
    max_age: Option<&Period>,
    now: Timestamp,
) -> Vec<Diagnostic> {
    let (name, number) = (&version.name, version.version);
    let mut found = Vec::new();
    if let Some(expired) = version.expires.filter(|expires| *expires <= now) {
        found.push(Diagnostic::error(
            format!("The secret {name} has expired"),
            format!("Version {number} expired at {expired:.0}. Store or rotate a new version."),
        ));
    }
    if let Some(max_age) = max_age
        && max_age.after(version.created) < now
    {
        let detail = format!(
            "Version {number} was stored at {:.0}, and max_age is {}. Rotate it, or raise max_age.",
            version.created,
            max_age.as_str()
        );
        let summary = format!("The secret {name} is older than it may be");
        found.push(Diagnostic::error(summary, detail).at("max_age"));
    }
    found
}

/// Warns of what the store has to say about the secret `name`, once: with the plan.
pub(crate) fn warn_of(ctx: &Context<Coffer>, store: &dyn SecretStore, name: &SecretName) {
    if ctx.data().phase() != Phase::Apply
        && let Some(caveat) = store.caveat(name)
    {
        ctx.warn(format!("The secret {name} may be elsewhere, too"), caveat);
    }
}
