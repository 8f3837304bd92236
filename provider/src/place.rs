//! Which store an object is in.

use coffer_backend::{EmbeddedStore, Reference, SecretStore, VaultStore};
use coffer_plugin::{Context, Diagnostic, Model, Value};
use coffer_vault::VersionSelector;
use serde::{Deserialize, Serialize};

use crate::Coffer;
use crate::name::Name;

/// Which store an object is in.
#[derive(Clone, Debug, PartialEq, Eq, Model)]
pub(crate) struct Place {
    /// The store, as the provider block calls it: its kind, such as `local` or `aws`, or kind and `alias_name`, such as
    /// `aws:eu`. The provider's default store unless set.
    #[attr(optional, requires_replace)]
    backend: Value<String>,
}

impl Place {
    /// The store of this label; the default one where it is null.
    pub(crate) fn of(backend: Value<String>) -> Self {
        Self { backend }
    }

    /// The store of an import ID, and the name there: `prod/db`, or `aws:eu:prod/db`.
    pub(crate) fn of_import(id: &str) -> Result<(Self, Name), Diagnostic> {
        match Reference::parse(id) {
            Ok(Reference {
                store: Some(label),
                name,
                key: None,
                version: VersionSelector::Current,
            }) => Ok((Self::of(Value::Known(label)), Name(name))),
            // A name may have a colon in its first segment, which a reference would have to escape.
            _ => Ok((Self::of(Value::Null), Name::of_import(id)?)),
        }
    }

    /// Whether it is not known yet which store it is.
    pub(crate) fn is_unknown(&self) -> bool {
        self.backend.is_unknown()
    }

    /// The store's label; none for the default one.
    ///
    /// # Errors
    /// Where it is not known yet.
    pub(crate) fn label(&self) -> Result<Option<&str>, Diagnostic> {
        match &self.backend {
            Value::Null => Ok(None),
            Value::Known(label) => Ok(Some(label)),
            Value::Unknown => Err(Diagnostic::error(
                "The store is not known yet",
                "What backend depends on has to be applied first, for example with -target.",
            )
            .at("backend")),
        }
    }

    /// The store.
    ///
    /// # Errors
    /// Where there is none of this label, or it cannot be used as it is set.
    pub(crate) fn store<'a>(
        &self,
        ctx: &'a Context<Coffer>,
    ) -> Result<&'a dyn SecretStore, Diagnostic> {
        ctx.data().stores().get(self.label()?)
    }

    /// The embedded vault that it is in, for an object of the type `wanted_by`.
    ///
    /// # Errors
    /// Those of [`Self::store`], and where the store is no embedded vault.
    pub(crate) fn vault<'a>(
        &self,
        ctx: &'a Context<Coffer>,
        wanted_by: &str,
    ) -> Result<&'a EmbeddedStore, Diagnostic> {
        embedded(self.store(ctx)?, wanted_by)
    }

    /// The embedded vault, after what earlier runs have left open there is ended.
    ///
    /// # Errors
    /// Those of [`Self::vault`].
    pub(crate) async fn vault_for_lease<'a>(
        &self,
        ctx: &'a Context<Coffer>,
        wanted_by: &str,
    ) -> Result<&'a EmbeddedStore, Diagnostic> {
        let vault = self.vault(ctx, wanted_by)?;
        ctx.data().stores().sweep_once(self.label()?).await;
        Ok(vault)
    }

    /// The HashiCorp Vault or OpenBao server that it is on, for an object of the type `wanted_by`.
    ///
    /// # Errors
    /// Those of [`Self::store`], and where the store is no such server.
    pub(crate) fn server<'a>(
        &self,
        ctx: &'a Context<Coffer>,
        wanted_by: &str,
    ) -> Result<&'a VaultStore, Diagnostic> {
        server(self.store(ctx)?, wanted_by)
    }

    /// `lease` with its place, for what comes after opening.
    pub(crate) fn keep<T>(&self, lease: T) -> Placed<T> {
        Placed {
            backend: self.backend.as_known().cloned(),
            lease,
        }
    }
}

/// A lease with the store that it belongs to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Placed<T> {
    backend: Option<String>,
    /// The lease.
    pub(crate) lease: T,
}

impl<T> Placed<T> {
    /// The embedded vault that the lease belongs to.
    ///
    /// # Errors
    /// Where the provider has no such store any more.
    pub(crate) fn vault<'a>(
        &self,
        ctx: &'a Context<Coffer>,
        wanted_by: &str,
    ) -> Result<&'a EmbeddedStore, Diagnostic> {
        let store = ctx.data().stores().get(self.backend.as_deref())?;
        embedded(store, wanted_by)
    }

    /// The server that the lease belongs to.
    ///
    /// # Errors
    /// Where the provider has no such store any more.
    pub(crate) fn server<'a>(
        &self,
        ctx: &'a Context<Coffer>,
        wanted_by: &str,
    ) -> Result<&'a VaultStore, Diagnostic> {
        server(ctx.data().stores().get(self.backend.as_deref())?, wanted_by)
    }
}

fn embedded<'a>(
    store: &'a dyn SecretStore,
    wanted_by: &str,
) -> Result<&'a EmbeddedStore, Diagnostic> {
    store.embedded().ok_or_else(|| {
        Diagnostic::error(
            format!("{wanted_by} needs the embedded vault"),
            format!(
                "The store `{}` keeps these things to itself. Use a provider block with `local {{}}`, and name it with \
                 backend where the provider has several stores.",
                store.kind()
            ),
        )
        .at("backend")
    })
}

fn server<'a>(store: &'a dyn SecretStore, wanted_by: &str) -> Result<&'a VaultStore, Diagnostic> {
    store.vault_server().ok_or_else(|| {
        Diagnostic::error(
            format!("{wanted_by} needs a HashiCorp Vault or OpenBao server"),
            format!(
                "The store `{}` has no engines that could be asked for this. Use a provider block with `vault {{}}`, and name \
                 it with backend where the provider has several stores.",
                store.kind()
            ),
        )
        .at("backend")
    })
}
