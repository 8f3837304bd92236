//! Storing a version.

use super::secret_row::SecretRow;
use super::version_row::VersionMeta;
use crate::audit::AuditEvent;
use crate::error::{Error, Result};
use crate::hazmat::sha256;
use crate::metadata::{VersionMetadata, VersionState};
use crate::name::SecretName;
use crate::policy::Capability;
use crate::put::{Expect, PutRequest};
use crate::selector::Stage;
use crate::work::Work;

/// The largest value in bytes. Secrets are small; larger things belong into an encrypted file whose key is the secret.
pub(crate) const MAX_VALUE_LENGTH: usize = 1024 * 1024;
/// The longest idempotency token in bytes.
const MAX_TOKEN_LENGTH: usize = 128;

impl Work<'_> {
    /// Stores a version as [`crate::Vault::put`] promises.
    pub(crate) fn put(
        &mut self,
        event: &mut AuditEvent,
        name: &SecretName,
        request: &PutRequest,
    ) -> Result<VersionMetadata> {
        event.touch(name.as_str(), None);
        check(request)?;
        let found = match self.find(name)? {
            None => {
                self.remove_expired(name)?;
                None
            }
            Some(row) => Some(row),
        };
        let needed = match &found {
            Some(_) => Capability::Update,
            None => Capability::Create,
        };
        self.keys.allow(needed, name.as_str())?;
        if let Some(deletion) = found.as_ref().and_then(|row| row.head.deleted) {
            let (at, recoverable_until) = (deletion.at, deletion.recoverable_until);
            return Err(Error::Deleted {
                name: name.clone(),
                at,
                recoverable_until,
            });
        }
        let token = token_of(request);
        if let (Some(row), Some(token)) = (&found, &token)
            && let Some(repeated) = self.repeated(event, name, row, token, request)?
        {
            return Ok(repeated);
        }
        if let Some(expect) = request.expect {
            let latest = found.as_ref().map(|row| row.head.latest);
            let holds = match expect {
                Expect::Absent => latest.is_none(),
                Expect::Latest(version) => latest == Some(version),
            };
            if !holds {
                return Err(Error::conflict(name, expect, latest));
            }
        }
        let mut row = match found {
            Some(row) => row,
            None => SecretRow::new(self.keys.scope_of(name)?, name, self.now),
        };
        self.change_metadata(&mut row, &request.change)?;
        let number = row.head.latest.saturating_add(1);
        row.head.latest = number;
        self.set_stage(&mut row, request.stage, number, request.expires);
        if let Some(token) = token {
            row.head.remember_token(token, number);
        }
        self.save_head(&mut row)?;
        let meta = VersionMeta {
            created: self.now,
            created_by: event.actor.user.clone(),
            content_type: request.content_type.clone(),
            expires: request.expires,
            labels: request.version_labels.clone(),
            state: VersionState::Enabled,
        };
        let version = self.insert_version(&row, number, meta, &request.value)?;
        self.destroy_old(&row)?;
        if let Some(item) = event.items.last_mut() {
            item.version = Some(number);
        }
        Ok(version.metadata(name, &row.head))
    }

    /// Moves a stage onto a new version.
    fn set_stage(
        &self,
        row: &mut SecretRow,
        stage: Stage,
        number: u64,
        expires: Option<jiff::Timestamp>,
    ) {
        match stage {
            Stage::Pending => row.head.pending = Some(number),
            Stage::Current | Stage::Previous => {
                row.head.previous = row.head.current;
                row.head.current = Some(number);
                row.head.current_since = Some(self.now);
                row.head.expires = expires;
            }
        }
    }

    /// The version that an earlier put with the same token made.
    fn repeated(
        &self,
        event: &mut AuditEvent,
        name: &SecretName,
        row: &SecretRow,
        token: &str,
        request: &PutRequest,
    ) -> Result<Option<VersionMetadata>> {
        let Some((_, number)) = row.head.tokens.iter().find(|(known, _)| known == token) else {
            return Ok(None);
        };
        let version = self.version(row, *number)?;
        if version.data_key.is_some() && !self.value(row, &version)?.ct_eq(&request.value) {
            return Err(Error::TokenReused {
                name: name.clone(),
                version: *number,
            });
        }
        if let Some(item) = event.items.last_mut() {
            item.version = Some(*number);
        }
        let mut metadata = version.metadata(name, &row.head);
        metadata.repeated = true;
        Ok(Some(metadata))
    }
}

/// What the head keeps of an idempotency token. The head is sealed, so a hash is enough; it depends on nothing that
/// changes when the secret moves to another scope.
fn token_of(request: &PutRequest) -> Option<String> {
    let token = request.idempotency_token.as_ref()?;
    Some(hex(&sha256(token.as_bytes()), 16))
}

fn check(request: &PutRequest) -> Result<()> {
    let length = request.value.len();
    if length > MAX_VALUE_LENGTH {
        return Err(Error::Invalid {
            what: "the value",
            problem: format!(
                "has {length} bytes; {MAX_VALUE_LENGTH} are the most. Encrypt a large file and store its key"
            ),
        });
    }
    match &request.idempotency_token {
        Some(token) if token.is_empty() || token.len() > MAX_TOKEN_LENGTH => Err(Error::Invalid {
            what: "the idempotency token",
            problem: format!("has {} bytes; it has 1 to {MAX_TOKEN_LENGTH}", token.len()),
        }),
        _ => Ok(()),
    }
}

/// The first `length` bytes as lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8], length: usize) -> String {
    bytes
        .iter()
        .take(length)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
