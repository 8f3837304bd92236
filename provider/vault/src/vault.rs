//! The handle of an open vault.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::Connection;

use crate::actor::Actor;
use crate::audit::{self, AuditEvent, Operation};
use crate::check::{CheckReport, Problem};
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::init;
use crate::keys::{Keys, Opener, vault_id};
use crate::metadata::{SecretMetadata, SecretVersion, VersionMetadata};
use crate::name::SecretName;
use crate::operation::{self, ProofValues};
use crate::progress::{Progress, Unseen};
use crate::put::{MetadataChange, PutRequest};
use crate::queue;
use crate::secret::Secret;
use crate::selector::{Stage, VersionSelector};
use crate::slot::{self, KeySource};
use crate::store::{self, Stored};
use crate::token::{Bearer, NewToken};
use crate::work::Work;

/// An open vault. Cloning is cheap; clones share one connection and may be used from several threads.
#[derive(Clone)]
pub struct Vault {
    pub(crate) engine: Arc<Engine>,
    actor: Actor,
}

impl Vault {
    /// Makes a vault at `path` with one slot for `key`, and opens it.
    ///
    /// A key file that does not exist is not created here: see [`crate::create_key_file`].
    ///
    /// # Errors
    /// [`Error::Exists`] where a file stands at `path`; the errors of an unusable key; what the disk refuses.
    pub fn init(path: &Path, key: &KeySource, actor: Actor) -> Result<Self> {
        let root = init::init(path, key, &actor)?;
        let db = store::open(path)?;
        let engine = Engine::start(path.to_path_buf(), db, Opener::Root(root))?;
        Ok(Self {
            engine: Arc::new(engine),
            actor,
        })
    }

    /// Opens the vault at `path`.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::NotAVault`], [`Error::LoosePermissions`] and others where the file is not what it
    /// should be; [`Error::WrongKey`] and [`Error::NoSuchSlot`] where `key` does not open it.
    pub fn open(path: &Path, key: &KeySource, actor: Actor) -> Result<Self> {
        let db = store::open(path)?;
        let vault: Vec<u8> = db
            .query_row("SELECT id FROM vault", [], |row| row.get(0))
            .stored(path)?;
        let vault = vault_id(&vault).ok_or_else(|| Error::Corrupted {
            path: path.to_path_buf(),
            what: "its id is not 16 bytes".into(),
        })?;
        match key {
            KeySource::Token(text) => {
                let bearer = Bearer::parse(text).ok_or("it is no token; tokens start with coffer_");
                return Self::open_with_token(path, db, bearer, key, actor);
            }
            KeySource::Role { id, secret_id } => {
                drop(db);
                let token = Self::log_in(path, id, secret_id, actor.clone())?.secret;
                return Self::open(path, &KeySource::Token(token), actor);
            }
            _ => {}
        }
        let slots = slot::all(&db, path)?;
        let (_, root) = slot::open_root(&slots, vault, path, key).inspect_err(|error| {
            if error.kind() == ErrorKind::Denied {
                audit::note_attempt(&db, &key.describe(), &actor);
            }
        })?;
        let engine = Engine::start(path.to_path_buf(), db, Opener::Root(root))?;
        Ok(Self {
            engine: Arc::new(engine),
            actor,
        })
    }

    /// Exchanges a role's id and a secret id for a token of the role.
    ///
    /// # Errors
    /// [`Error::TokenRefused`] where the two do not belong together, or the secret id has expired or was used.
    pub fn log_in(path: &Path, role: &str, secret_id: &Secret, actor: Actor) -> Result<NewToken> {
        let key = KeySource::Role {
            id: role.to_owned(),
            secret_id: secret_id.clone(),
        };
        let bearer = Bearer::parse_secret_id(secret_id)
            .map(|bearer| bearer.with_role(role))
            .ok_or("it is no secret id; secret ids start with coffer_sid_");
        let db = store::open(path)?;
        let vault = Self::open_with_token(path, db, bearer, &key, actor)?;
        vault.call(Operation::Login, |work, event| work.exchange_ticket(event))
    }

    fn open_with_token(
        path: &Path,
        db: Connection,
        bearer: std::result::Result<Bearer, &'static str>,
        given: &KeySource,
        actor: Actor,
    ) -> Result<Self> {
        let opener = bearer
            .map(Opener::Token)
            .map_err(|why| Error::TokenRefused { why: why.into() });
        let open = |opener| {
            let keys = Keys::load(&db, path, &opener)?;
            match keys
                .rights
                .and_then(|rights| rights.refusal(Timestamp::now()))
            {
                Some(why) => Err(Error::TokenRefused { why }),
                None => Ok(opener),
            }
        };
        let opener = opener.and_then(open).inspect_err(|error| {
            if error.kind() == ErrorKind::Denied {
                audit::note_attempt(&db, &given.describe(), &actor);
            }
        })?;
        let engine = Engine::start(path.to_path_buf(), db, opener)?;
        Ok(Self {
            engine: Arc::new(engine),
            actor,
        })
    }

    /// The same vault for another actor: audit rows of calls through it name that actor.
    #[must_use]
    pub fn for_actor(&self, actor: Actor) -> Self {
        Self {
            engine: Arc::clone(&self.engine),
            actor,
        }
    }

    /// The actor whom audit rows name.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The vault's file.
    pub fn path(&self) -> &Path {
        &self.engine.path
    }

    /// Stores a new version.
    pub fn put(&self, name: &SecretName, request: PutRequest) -> Result<VersionMetadata> {
        let (name, request) = (name.clone(), request);
        self.call(Operation::Put, move |work, event| {
            work.put(event, &name, &request)
        })
    }

    /// Reads a version's value.
    pub fn get(&self, name: &SecretName, which: VersionSelector) -> Result<SecretVersion> {
        let name = name.clone();
        self.call(Operation::Get, move |work, event| {
            work.get(event, &name, which)
        })
    }

    /// Reads many values in one transaction with one audit commit. The outer error is of the vault; each inner one
    /// of its secret.
    pub fn get_many(
        &self,
        wanted: &[(SecretName, VersionSelector)],
    ) -> Result<Vec<Result<SecretVersion>>> {
        let wanted = wanted.to_vec();
        self.call(Operation::Get, move |work, event| {
            work.get_many(event, &wanted)
        })
    }

    /// Reads every value whose secret's name starts with `prefix`, also of disabled versions and deleted secrets, to
    /// search for it where it may not stand. One audit row names all of them; it is no row of a `get`.
    pub fn prove(&self, prefix: &str) -> Result<ProofValues> {
        let prefix = prefix.to_owned();
        self.call(Operation::Prove, move |work, event| {
            work.prove(event, &prefix)
        })
    }

    /// Whether the secret exists and is not deleted.
    pub fn exists(&self, name: &SecretName) -> Result<bool> {
        let name = name.clone();
        self.call(Operation::Metadata, move |work, event| {
            work.exists(event, &name)
        })
    }

    /// The secret's metadata.
    pub fn metadata(&self, name: &SecretName) -> Result<SecretMetadata> {
        let name = name.clone();
        self.call(Operation::Metadata, move |work, event| {
            work.metadata(event, &name)
        })
    }

    /// The metadata of one version.
    pub fn version_metadata(
        &self,
        name: &SecretName,
        which: VersionSelector,
    ) -> Result<VersionMetadata> {
        let name = name.clone();
        self.call(Operation::Metadata, move |work, event| {
            work.version_metadata(event, &name, which)
        })
    }

    /// All versions, the oldest first, the destroyed ones included.
    pub fn versions(&self, name: &SecretName) -> Result<Vec<VersionMetadata>> {
        let name = name.clone();
        self.call(Operation::Metadata, move |work, event| {
            work.versions(event, &name)
        })
    }

    /// The metadata of all secrets whose name starts with `prefix`, in order of their names.
    pub fn list(&self, prefix: &str) -> Result<Vec<SecretMetadata>> {
        let prefix = prefix.to_owned();
        self.call(Operation::List, move |work, event| {
            work.list(event, &prefix)
        })
    }

    /// Changes a secret's metadata.
    pub fn update(&self, name: &SecretName, change: MetadataChange) -> Result<SecretMetadata> {
        let name = name.clone();
        self.call(Operation::Update, move |work, event| {
            work.update(event, &name, &change)
        })
    }

    /// Makes `version` current; the current version becomes previous. Repeating it changes nothing.
    /// With `change`, the secret's metadata changes in the same transaction.
    pub fn promote(
        &self,
        name: &SecretName,
        version: u64,
        change: MetadataChange,
    ) -> Result<SecretMetadata> {
        let name = name.clone();
        self.call(Operation::Promote, move |work, event| {
            work.promote(event, &name, version, &change)
        })
    }

    /// Takes `stage` off whichever version carries it.
    pub fn unstage(&self, name: &SecretName, stage: Stage) -> Result<SecretMetadata> {
        let name = name.clone();
        self.call(Operation::Unstage, move |work, event| {
            work.unstage(event, &name, stage)
        })
    }

    /// Disables (`false`) or enables (`true`) a version.
    pub fn set_enabled(
        &self,
        name: &SecretName,
        version: u64,
        enabled: bool,
    ) -> Result<VersionMetadata> {
        let name = name.clone();
        let operation = if enabled {
            Operation::Enable
        } else {
            Operation::Disable
        };
        self.call(operation, move |work, event| {
            work.set_enabled(event, &name, version, enabled)
        })
    }

    /// Shreds the keys of versions, wipes them from the file and verifies it. Tombstones stay.
    pub fn destroy(&self, name: &SecretName, versions: &[u64]) -> Result<Vec<VersionMetadata>> {
        let (name, versions) = (name.clone(), versions.to_vec());
        let done = self.call(Operation::Destroy, move |work, event| {
            work.destroy(event, &name, &versions)
        })?;
        self.engine.wipe()?;
        Ok(done)
    }

    /// Deletes the secret; it can be restored until `recoverable_until`.
    pub fn delete(
        &self,
        name: &SecretName,
        recoverable_until: Timestamp,
    ) -> Result<SecretMetadata> {
        let name = name.clone();
        self.call(Operation::Delete, move |work, event| {
            work.delete(event, &name, recoverable_until)
        })
    }

    /// Takes a deletion back.
    pub fn restore(&self, name: &SecretName) -> Result<SecretMetadata> {
        let name = name.clone();
        self.call(Operation::Restore, move |work, event| {
            work.restore(event, &name)
        })
    }

    /// Removes the secret with all its versions for good, and wipes their keys.
    pub fn purge(&self, name: &SecretName) -> Result<()> {
        let name = name.clone();
        self.call(Operation::Purge, move |work, event| {
            work.purge(event, &name)
        })?;
        self.engine.wipe()
    }

    /// Whether `value` is the current value, compared in constant time. `false` where the secret does not exist
    /// or has no readable current version. The audit trail records it as a comparison, not as a read.
    pub fn matches_current(&self, name: &SecretName, value: &Secret) -> Result<bool> {
        let (name, value) = (name.clone(), value.clone());
        self.call(Operation::Compare, move |work, event| {
            work.matches_current(event, &name, &value)
        })
    }

    /// A short text that is the same for the same value under the same name, and tells nothing about the value to
    /// whoever lacks the vault's key (HMAC-SHA-256, 96 bits as hexadecimal).
    pub fn fingerprint(&self, name: &SecretName, value: &Secret) -> Result<String> {
        operation::fingerprint(&self.engine.keys(), name, value)
    }

    /// Walks the whole vault: opens every record, verifies the audit trail and that no row was taken away or put
    /// back, and wipes keys that an earlier destruction could not wipe.
    pub fn check(&self) -> Result<CheckReport> {
        self.check_with(Arc::new(Unseen))
    }

    /// Does what [`Vault::check`] does, and tells how many secrets it has opened.
    pub fn check_with(&self, progress: Arc<dyn Progress>) -> Result<CheckReport> {
        let mut report = self.call(Operation::Check, move |work, _| {
            work.check(progress.as_ref())
        })?;
        if let Err(error) = self.engine.wipe() {
            report.problems.push(Problem {
                what: "the file".into(),
                detail: error.to_string(),
            });
        }
        Ok(report)
    }

    /// Runs `body` in a transaction with an audit row.
    pub(crate) fn call<T, F>(&self, operation: Operation, body: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Work<'_>, &mut AuditEvent) -> Result<T> + Send + 'static,
    {
        let (call, ticket) = queue::call(operation, self.actor.clone(), body);
        self.engine.submit(call, &ticket)
    }
}
