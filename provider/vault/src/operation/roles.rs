//! Roles, and the secret ids with which machines log in to them.
//!
//! A role stands among the policies, sealed by the root keyring: whoever holds the keys of a scope could forge what is
//! sealed by them, and would so be granted more by whoever makes the next secret id.

use std::collections::BTreeSet;

use super::random_id::random_id;
use crate::audit::AuditEvent;
use crate::error::{Error, Result};
use crate::name::SecretName;
use crate::token::{Bearer, Issue, NewToken, Revocation, Role, RoleRequest};
use crate::work::Work;

/// What stands before a role's name among those of policies, which have no slash.
pub(crate) const PREFIX: &str = "role/";

impl Work<'_> {
    /// Makes a role.
    pub(crate) fn create_role(
        &mut self,
        event: &mut AuditEvent,
        name: &str,
        request: &RoleRequest,
    ) -> Result<Role> {
        event.touch(format!("role {name}"), None);
        let key = self.root_keyring("make a role of")?.policies.clone();
        if name.contains('/') {
            return Err(Error::Invalid {
                what: "the role's name",
                problem: "has a slash".into(),
            });
        }
        SecretName::parse(name)?;
        if self.role(name).is_ok() {
            return Err(Error::Invalid {
                what: "the role",
                problem: format!(
                    "\"{name}\" exists already; `coffer role delete {name}` removes it with its secret ids and tokens"
                ),
            });
        }
        let role = Role::new(random_id::<16>()?, request)?;
        // What a secret id would be refused for is refused now.
        self.check_request(&role.token_request(name))?;
        let text =
            serde_json::to_vec(&role).map_err(|error| self.damaged(format!("a role: {error}")))?;
        self.store_document(&key, &format!("{PREFIX}{name}"), &text)?;
        Ok(role)
    }

    /// The names of all roles.
    pub(crate) fn role_names(&self) -> Result<Vec<String>> {
        let documents = self.document_names()?;
        Ok(documents
            .iter()
            .filter_map(|name| name.strip_prefix(PREFIX))
            .map(str::to_owned)
            .collect())
    }

    /// A role.
    pub(crate) fn role(&self, name: &str) -> Result<Role> {
        let text = self
            .document(&format!("{PREFIX}{name}"))?
            .ok_or_else(|| Error::NoSuchRole {
                name: name.to_owned(),
            })?;
        serde_json::from_slice(text.danger_expose())
            .map_err(|error| self.damaged(format!("the role \"{name}\": {error}")))
    }

    /// Removes a role, and revokes its secret ids and its tokens.
    pub(crate) fn delete_role(&mut self, event: &mut AuditEvent, name: &str) -> Result<Revocation> {
        event.touch(format!("role {name}"), None);
        self.role(name)?;
        self.remove_document(&format!("{PREFIX}{name}"))?;
        let mut named = BTreeSet::new();
        for row in self.token_rows()? {
            let (_, grant) = self.open_token(&row)?;
            if grant.rights.role.as_deref() == Some(name) {
                named.insert(row.accessor);
            }
        }
        self.revoke(event, named)
    }

    /// Makes a secret id: with the role's id, it is exchanged for a token.
    pub(crate) fn create_secret_id(
        &mut self,
        event: &mut AuditEvent,
        name: &str,
    ) -> Result<NewToken> {
        event.touch(format!("role {name}"), None);
        self.root_keyring("make a secret id of")?;
        let role = self.role(name)?;
        let secret_id = Bearer::random().map_err(|error| Error::Random(error.to_string()))?;
        let issue = Issue::SecretId {
            role: name.to_owned(),
            ttl: jiff::SignedDuration::from_secs(role.secret_id_ttl),
            uses: role.secret_id_uses,
            opens_with: secret_id.with_role(&role.id),
        };
        let made = self.create_token(event, &role.token_request(name), issue)?;
        Ok(NewToken {
            secret: secret_id.secret_id_text(),
            info: made.info,
        })
    }
}
