//! What a change of a `coffer_secret` will write, decided in the plan.

use coffer_backend::{ErrorKind, Subject};
use coffer_plugin::{Context, Diagnostic, Plan, Result, Value};
use coffer_vault::{Secret, SecretName};

use super::{IMPORTED, StoredSecret};
use crate::Coffer;
use crate::failure::cannot_about;
use crate::name::Name;

/// What becomes of the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Intent {
    /// It stays.
    Keep,
    /// A new version is written.
    Write,
    /// A new version is written if the value is another than the vault's.
    WriteIfDifferent,
}

impl Intent {
    /// What a change from `prior` to `planned` asks for.
    pub(super) fn of(ctx: &Context<Coffer>, prior: &StoredSecret, planned: &StoredSecret) -> Self {
        let imported = ctx.private().get(IMPORTED).is_some();
        Self::decide(prior, planned, imported)
    }

    fn decide(prior: &StoredSecret, planned: &StoredSecret, imported: bool) -> Self {
        // The current version is gone: destroyed, or without its stage.
        if prior.version.is_null() {
            return Self::Write;
        }
        if let Some(generate) = &planned.generate {
            let same_arguments = match &prior.generate {
                Some(before) => before == generate,
                None => imported,
            };
            let same_keepers =
                prior.keepers == planned.keepers || (imported && prior.keepers.is_null());
            return if same_arguments && same_keepers {
                Self::Keep
            } else {
                Self::Write
            };
        }
        let by_version = match planned.update_on.as_known() {
            Some(update_on) => update_on == "version",
            None => !planned.value_wo_version.is_null(),
        };
        let raised = prior.value_wo_version != planned.value_wo_version;
        if imported && prior.value_wo_version.is_null() {
            return Self::WriteIfDifferent;
        }
        match (by_version, raised) {
            (true, true) => Self::Write,
            (true, false) => Self::Keep,
            (false, _) => Self::WriteIfDifferent,
        }
    }
}

/// Adapts the plan: whether there will be a new version, and what cannot work is told before anything is applied.
pub(super) async fn modify(ctx: &Context<Coffer>, plan: &mut Plan<StoredSecret>) -> Result<()> {
    let Some(prior) = &plan.prior else {
        expect_null(&mut plan.planned);
        return refuse_existing(ctx, &plan.planned).await;
    };
    // The secret of the new name is planned by itself.
    if prior.name != plan.planned.name || prior.place != plan.planned.place {
        return Ok(());
    }
    let writes = match Intent::of(ctx, prior, &plan.planned) {
        Intent::Keep => false,
        Intent::Write => true,
        Intent::WriteIfDifferent => differs(ctx, prior, plan.config.given()).await?,
    };
    let planned = &mut plan.planned;
    if writes {
        planned.version = Value::Unknown;
        planned.last_changed_time = Value::Unknown;
        planned.expiration_date = Value::Unknown;
        planned.entropy_bits = Value::Unknown;
        expect_null(planned);
    } else {
        planned.version = prior.version.clone();
        planned.last_changed_time = prior.last_changed_time.clone();
        planned.expiration_date = prior.expiration_date.clone();
        planned.entropy_bits = prior.entropy_bits.clone();
    }
    Ok(())
}

/// Plans nothing where a new version will have nothing, so that the plan does not promise what never comes.
fn expect_null(planned: &mut StoredSecret) {
    if planned.generate.is_none() {
        planned.entropy_bits = Value::Null;
    }
    // A version that is taken over may expire.
    let adopts = planned
        .on_existing
        .as_known()
        .is_some_and(|it| it == "adopt");
    if planned.expires_after.is_null() && !adopts {
        planned.expiration_date = Value::Null;
    }
}

/// Whether `given` is another value than the vault's, as far as it is known: what is not known may differ.
async fn differs(
    ctx: &Context<Coffer>,
    prior: &StoredSecret,
    given: Value<Secret>,
) -> Result<bool> {
    let Value::Known(value) = given else {
        return Ok(given.is_unknown());
    };
    let name = Name::required(&prior.name)?;
    match prior.place.store(ctx)?.matches_current(&name, &value).await {
        Ok(same) => Ok(!same),
        Err(coffer_backend::Error::NotReady { .. }) => Ok(true),
        Err(error) => {
            let doing = format!("compare the value with the secret {name}");
            Err(cannot_about(&doing, &error).into())
        }
    }
}

/// Refuses to create what exists, unless the configuration says what to do with it.
async fn refuse_existing(ctx: &Context<Coffer>, planned: &StoredSecret) -> Result<()> {
    let (Some(name), Some("error")) = (
        planned.name.as_known(),
        planned.on_existing.as_known().map(String::as_str),
    ) else {
        return Ok(());
    };
    if planned.place.is_unknown() {
        return Ok(());
    }
    match planned.place.store(ctx)?.metadata(&name.0).await {
        Ok(found) if found.deleted.is_none() => Err(exists(&name.0).into()),
        Ok(_) | Err(coffer_backend::Error::NotReady { .. }) => Ok(()),
        Err(error) if error.is_missing_secret() => Ok(()),
        // Whoever plans need not be allowed to look; whoever applies will be told.
        Err(error)
            if error.kind() == ErrorKind::Denied && error.subject() == Some(Subject::Secret) =>
        {
            Ok(())
        }
        Err(error) => Err(cannot_about(&format!("plan the secret {}", name.0), &error).into()),
    }
}

/// The secret is there before Terraform has created it.
pub(super) fn exists(name: &SecretName) -> Diagnostic {
    Diagnostic::error(
        format!("The secret {name} exists already"),
        format!(
            "Terraform would create it, and it is not in the state. Take it over with an import block (its ID is {name:?}) \
             or with on_existing = \"adopt\"; on_existing = \"overwrite\" writes a new version.",
            name = name.as_str()
        ),
    )
    .at("name")
}

/// Whether an error is that of a write that found the secret there.
pub(super) fn is_conflict(error: &coffer_backend::Error) -> bool {
    error.kind() == ErrorKind::Conflict
}

#[cfg(test)]
mod tests {
    use coffer_plugin::Model;

    use super::*;
    use crate::password::PasswordArguments;

    fn stored() -> StoredSecret {
        StoredSecret {
            version: Value::Known(3),
            ..StoredSecret::null()
        }
    }

    fn generated(length: u16) -> StoredSecret {
        StoredSecret {
            generate: Some(PasswordArguments {
                length: Value::Known(length),
                ..PasswordArguments::null()
            }),
            ..stored()
        }
    }

    fn numbered(version: i64) -> StoredSecret {
        StoredSecret {
            value_wo_version: Value::Known(version),
            ..stored()
        }
    }

    #[test]
    fn a_handed_over_value_is_compared_unless_a_version_decides() {
        use Intent::{Keep, Write, WriteIfDifferent};
        let decide = |prior: &_, planned: &_| Intent::decide(prior, planned, false);
        assert_eq!(decide(&stored(), &stored()), WriteIfDifferent);
        assert_eq!(decide(&numbered(1), &numbered(1)), Keep);
        assert_eq!(decide(&numbered(1), &numbered(2)), Write);
        let on_change = StoredSecret {
            update_on: Value::Known("change".to_owned()),
            ..numbered(1)
        };
        assert_eq!(decide(&numbered(1), &on_change), WriteIfDifferent);
        let gone = StoredSecret {
            version: Value::Null,
            ..stored()
        };
        assert_eq!(decide(&gone, &stored()), Write);
    }

    #[test]
    fn a_generated_value_stays_until_its_arguments_or_keepers_change() {
        use Intent::{Keep, Write};
        let decide = |prior: &_, planned: &_| Intent::decide(prior, planned, false);
        assert_eq!(decide(&generated(32), &generated(32)), Keep);
        assert_eq!(decide(&generated(32), &generated(40)), Write);
        assert_eq!(decide(&stored(), &generated(32)), Write);
        let kept = StoredSecret {
            keepers: Value::Known([("at".to_owned(), "2".to_owned())].into()),
            ..generated(32)
        };
        assert_eq!(decide(&generated(32), &kept), Write);
    }

    #[test]
    fn an_import_writes_nothing_for_what_the_configuration_adds() {
        assert_eq!(
            Intent::decide(&stored(), &generated(32), true),
            Intent::Keep
        );
        let decided = Intent::decide(&stored(), &numbered(1), true);
        assert_eq!(decided, Intent::WriteIfDifferent);
    }
}
