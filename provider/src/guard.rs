//! `provider "coffer" { guard {} }`: what a run may read, whatever its configuration asks for.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use coffer_plugin::{Diagnostic, Model, Value, validators};
use coffer_vault::{PathPattern, SecretName};

use crate::period::Period;

/// Limits what this provider reads, as a second pair of eyes on configurations that others write. It is no substitute
/// for the rights of the identity that is logged in.
#[derive(Model)]
pub(crate) struct GuardSettings {
    /// Patterns of the names that may be read, such as `prod/db/*`: `+` stands for one segment, `*` at the end for any
    /// rest. All may unless set.
    #[attr(optional, validate = validators::items(1..=1000))]
    allowed_names: Value<BTreeSet<String>>,
    /// How many values one plan or apply may read. Any number unless set.
    #[attr(optional, validate = validators::at_least(1))]
    max_reads_per_run: Value<u64>,
    /// The `max_age` of ephemeral resources that set none.
    #[attr(optional)]
    max_age: Value<Period>,
    /// The `on_stale` of ephemeral resources that set none: `warn` or `error`.
    #[attr(optional, validate = validators::one_of(&["warn", "error"]))]
    on_stale: Value<String>,
}

/// The limits of a run, and how much of them is used.
#[derive(Default)]
pub(crate) struct Guard {
    allowed: Option<Vec<PathPattern>>,
    max_reads: Option<u64>,
    reads: AtomicU64,
    max_age: Option<Period>,
    on_stale: Option<String>,
}

impl Guard {
    /// The limits of the block.
    ///
    /// # Errors
    /// Where a pattern is none, or a setting is not known yet.
    pub(crate) fn new(settings: GuardSettings) -> Result<Self, Diagnostic> {
        // A limit that is not known is none that could be kept.
        if settings.allowed_names.is_unknown() || settings.max_reads_per_run.is_unknown() {
            return Err(Diagnostic::error(
                "The guard is not known yet",
                "allowed_names and max_reads_per_run have to be known from the start: a limit that is not known cannot \
                 be kept.",
            )
            .at("guard"));
        }
        let allowed = settings
            .allowed_names
            .into_known()
            .map(|patterns| {
                patterns
                    .iter()
                    .map(|pattern| PathPattern::parse(pattern))
                    .collect::<Result<Vec<_>, _>>()
            })
            .transpose()
            .map_err(|error| {
                Diagnostic::error("allowed_names has no pattern", format!("{error}.")).at("guard")
            })?;
        Ok(Self {
            allowed,
            max_reads: settings.max_reads_per_run.into_known(),
            reads: AtomicU64::new(0),
            max_age: settings.max_age.into_known(),
            on_stale: settings.on_stale.into_known(),
        })
    }

    /// Lets the secrets be read, or refuses.
    ///
    /// # Errors
    /// Where one of the names is not allowed, or too much has been read.
    pub(crate) fn admit<'a>(
        &self,
        names: impl IntoIterator<Item = &'a SecretName>,
    ) -> Result<(), Diagnostic> {
        let mut count: u64 = 0;
        for name in names {
            count = count.saturating_add(1);
            let is_allowed = self
                .allowed
                .as_ref()
                .is_none_or(|allowed| allowed.iter().any(|pattern| pattern.fits(name.as_str())));
            if !is_allowed {
                return Err(Diagnostic::error(
                    format!("The guard does not let {name} be read"),
                    "allowed_names in the guard block of the provider has no pattern for it. Add one, if this \
                     configuration is meant to read it.",
                )
                .at("name"));
            }
        }
        let reads = self
            .reads
            .fetch_add(count, Ordering::Relaxed)
            .saturating_add(count);
        match self.max_reads {
            Some(max) if reads > max => Err(Diagnostic::error(
                "The guard does not let more secrets be read",
                format!(
                    "This run asks for more than {max} values, the max_reads_per_run of the provider's guard block. Raise \
                     it, if so many are meant."
                ),
            )),
            _ => Ok(()),
        }
    }

    /// How old a version may be where the object does not say it.
    pub(crate) fn max_age(&self) -> Option<&Period> {
        self.max_age.as_ref()
    }

    /// What to do about one that is older, where the object does not say it.
    pub(crate) fn on_stale(&self) -> Option<&str> {
        self.on_stale.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> SecretName {
        SecretName::parse(text).unwrap()
    }

    #[test]
    fn names_are_admitted_by_pattern() {
        let guard = Guard {
            allowed: Some(vec![PathPattern::parse("prod/db/*").unwrap()]),
            ..Guard::default()
        };
        assert!(guard.admit([&name("prod/db/admin")]).is_ok());
        assert!(
            guard
                .admit([&name("prod/db/admin"), &name("prod/mail")])
                .is_err()
        );
    }

    #[test]
    fn reads_are_counted_over_the_run() {
        let guard = Guard {
            max_reads: Some(2),
            ..Guard::default()
        };
        let one = name("one");
        assert!(guard.admit([&one]).is_ok());
        assert!(guard.admit([&one]).is_ok());
        assert!(guard.admit([&one]).is_err());
    }
}
