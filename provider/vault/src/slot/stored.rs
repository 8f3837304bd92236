//! Slots in the file.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use super::{KeySource, Material, passphrase, random_key, wrap};
use crate::error::{Error, Result};
use crate::hazmat::{
    Key, Kind, OpenError, PassphraseCost, Place, VaultId, mac_matches, open, random, seal, sha256,
};
use crate::store::Stored;

/// A row of the table `slot`.
pub(crate) struct StoredSlot {
    pub(crate) id: u64,
    pub(crate) kind: String,
    pub(crate) label: String,
    pub(crate) params: String,
    pub(crate) sealed: Vec<u8>,
    checksum: Vec<u8>,
}

/// How the slot's key is made from what the caller presents. Readable without a key, and bound by the slot's seal.
#[derive(Serialize, Deserialize)]
struct Params {
    salt: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    argon2id: Option<PassphraseCost>,
    /// The slot's key as another system wrapped it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wrapped: Option<String>,
}

impl StoredSlot {
    /// A slot of known contents; its checksum is computed.
    pub(crate) fn of(
        id: u64,
        kind: String,
        label: String,
        params: String,
        sealed: Vec<u8>,
    ) -> Self {
        let mut slot = Self {
            id,
            kind,
            label,
            params,
            sealed,
            checksum: Vec::new(),
        };
        slot.checksum = slot.sum();
        slot
    }

    /// What the set digest covers.
    pub(crate) fn row(&self) -> [Vec<u8>; 6] {
        [
            b"slot".to_vec(),
            self.id.to_be_bytes().to_vec(),
            self.kind.clone().into_bytes(),
            self.label.clone().into_bytes(),
            self.params.clone().into_bytes(),
            self.sealed.clone(),
        ]
    }

    /// `kind (label)`.
    pub(crate) fn describe(&self) -> String {
        if self.label.is_empty() {
            format!("{} (slot {})", self.kind, self.id)
        } else {
            format!("{} \"{}\" (slot {})", self.kind, self.label, self.id)
        }
    }

    /// Whether the row's checksum holds.
    pub(crate) fn is_whole(&self) -> bool {
        mac_matches(&self.sum(), &self.checksum)
    }

    /// Writes the row.
    pub(crate) fn insert(&self, db: &Connection, path: &Path) -> Result<()> {
        db.execute(
            "INSERT INTO slot (id, kind, label, params, sealed, checksum) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![self.id, self.kind, self.label, self.params, self.sealed, self.checksum],
        )
        .stored(path)
        .map(drop)
    }

    fn place_path(&self) -> Vec<u8> {
        [
            self.kind.as_bytes(),
            self.label.as_bytes(),
            self.params.as_bytes(),
        ]
        .join(&0)
    }

    /// The checksum tells a damaged slot from a wrong key, which the seal alone cannot. It protects from accidents,
    /// not from attackers: those are caught by the seal and the set digest.
    fn sum(&self) -> Vec<u8> {
        let parts = [self.place_path(), self.sealed.clone()].concat();
        sha256(&parts)
            .get(..8)
            .map(<[u8]>::to_vec)
            .unwrap_or_default()
    }
}

/// All slots in the order of their ids.
pub(crate) fn all(db: &Connection, path: &Path) -> Result<Vec<StoredSlot>> {
    let mut statement = db
        .prepare_cached("SELECT id, kind, label, params, sealed, checksum FROM slot ORDER BY id")
        .stored(path)?;
    let slots = statement
        .query_map([], |row| {
            Ok(StoredSlot {
                id: row.get(0)?,
                kind: row.get(1)?,
                label: row.get(2)?,
                params: row.get(3)?,
                sealed: row.get(4)?,
                checksum: row.get(5)?,
            })
        })
        .stored(path)?
        .collect::<rusqlite::Result<Vec<_>>>()
        .stored(path)?;
    Ok(slots)
}

/// Makes a slot that opens `root` with `source`. Stretches passphrases, so never call it inside a transaction.
pub(crate) fn seal_slot(
    vault: VaultId,
    id: u64,
    source: &KeySource,
    label: &str,
    root: &Key,
) -> Result<StoredSlot> {
    let kind = source.slot_kind().ok_or_else(|| Error::UnusableKey {
        given: source.describe(),
        why: "a token cannot become a slot".into(),
    })?;
    let salt = random::<32>().map_err(|error| Error::Random(error.to_string()))?;
    let mut wrapped = None;
    let material = match source.material()? {
        Material::Wrapped(by) => {
            let (material, text) = wrap::draw(by.as_ref())?;
            wrapped = Some(text);
            material
        }
        material => material,
    };
    let (key, argon2id) = match material {
        Material::Passphrase(text) => {
            let cost = PassphraseCost::RECOMMENDED;
            let key = passphrase::slot_key(text.danger_expose(), &salt, cost).ok_or_else(|| {
                Error::UnusableKey {
                    given: source.describe(),
                    why: "stretching it needs 64 MiB of memory, which the system refused".into(),
                }
            })?;
            (key, Some(cost))
        }
        Material::Random(bytes) | Material::Token(bytes) => {
            (random_key::slot_key(bytes.danger_expose(), &salt), None)
        }
        Material::Wrapped(_) => return Err(unfetched(source)),
    };
    let params = serde_json::to_string(&Params {
        salt: BASE64.encode(salt),
        argon2id,
        wrapped,
    })
    .map_err(|error| Error::Invalid {
        what: "slot",
        problem: error.to_string(),
    })?;
    let mut slot = StoredSlot {
        id,
        kind: kind.to_owned(),
        label: label.to_owned(),
        params,
        sealed: Vec::new(),
        checksum: Vec::new(),
    };
    let path = slot.place_path();
    let place = Place::new(vault, Kind::Slot).number(id).path(&path);
    slot.sealed = seal(&key, &place, root.danger_bytes())
        .map_err(|error| Error::Random(error.to_string()))?;
    slot.checksum = slot.sum();
    Ok(slot)
}

/// Opens the root key with what the caller presents, and says which slot opened.
///
/// # Errors
/// [`Error::WrongKey`] where no slot opens, [`Error::NoSuchSlot`] where none is of the kind.
pub(crate) fn open_root(
    slots: &[StoredSlot],
    vault: VaultId,
    path: &Path,
    source: &KeySource,
) -> Result<(u64, Key)> {
    let material = source.material()?;
    let fits = |slot: &StoredSlot| match &material {
        Material::Passphrase(_) => slot.kind == "passphrase",
        Material::Wrapped(by) => slot.kind == by.kind(),
        Material::Random(_) | Material::Token(_) => slot.kind != "passphrase",
    };
    let mut damaged = None;
    let mut refused = None;
    let mut tried = false;
    for slot in slots.iter().filter(|slot| fits(slot)) {
        if !slot.is_whole() {
            damaged = Some(slot.describe());
            continue;
        }
        tried = true;
        match try_slot(slot, vault, &material) {
            Ok(Some(root)) => return Ok((slot.id, root)),
            Ok(None) => {}
            Err(NotTried::Refused(error)) => refused = Some(error),
            Err(NotTried::Damaged(what)) => {
                damaged = Some(format!("{}: {what}", slot.describe()));
            }
        }
    }
    // Another key of the system may have wrapped one of its slots, so the others were tried first.
    if let Some(error) = refused {
        return Err(error);
    }
    if let Some(what) = damaged {
        return Err(Error::Corrupted {
            path: path.to_path_buf(),
            what: format!("the slot {what}"),
        });
    }
    let given = source.describe();
    if tried {
        return Err(Error::WrongKey {
            path: path.to_path_buf(),
            given,
        });
    }
    Err(Error::NoSuchSlot {
        path: path.to_path_buf(),
        given,
        slots: match slots {
            [] => "none".into(),
            slots => slots
                .iter()
                .map(StoredSlot::describe)
                .collect::<Vec<_>>()
                .join(", "),
        },
    })
}

/// Why a slot could not be tried.
enum NotTried {
    /// It is damaged in this way.
    Damaged(String),
    /// The system that wraps its key did not unwrap it.
    Refused(Error),
}

impl From<&str> for NotTried {
    fn from(what: &str) -> Self {
        Self::Damaged(what.to_owned())
    }
}

/// The root key, or none where the key is another slot's.
fn try_slot(
    slot: &StoredSlot,
    vault: VaultId,
    material: &Material,
) -> Result<Option<Key>, NotTried> {
    let params: Params =
        serde_json::from_str(&slot.params).map_err(|error| NotTried::Damaged(error.to_string()))?;
    let salt = BASE64
        .decode(&params.salt)
        .ok()
        .and_then(|salt| <[u8; 32]>::try_from(salt).ok())
        .ok_or("its salt is not 32 bytes in base64")?;
    let fetched = match material {
        Material::Wrapped(by) => {
            let wrapped = params.wrapped.as_ref().ok_or("it has no wrapped key")?;
            Some(wrap::fetch(by.as_ref(), wrapped).map_err(NotTried::Refused)?)
        }
        _ => None,
    };
    let key = match (fetched.as_ref().unwrap_or(material), params.argon2id) {
        (Material::Passphrase(text), Some(cost)) => {
            passphrase::slot_key(text.danger_expose(), &salt, cost)
                .ok_or("its Argon2id cost is out of bounds, or there is no memory for it")?
        }
        (Material::Passphrase(_), None) => return Err("it has no Argon2id cost".into()),
        (Material::Random(bytes) | Material::Token(bytes), _) => {
            random_key::slot_key(bytes.danger_expose(), &salt)
        }
        (Material::Wrapped(_), _) => return Err("its key was not fetched".into()),
    };
    let place_path = slot.place_path();
    let place = Place::new(vault, Kind::Slot)
        .number(slot.id)
        .path(&place_path);
    match open(&key, &place, &slot.sealed) {
        Ok(root) => Key::from_bytes(root.danger_expose())
            .map(Some)
            .ok_or_else(|| "it does not hold a root key".into()),
        Err(OpenError::Uncommitted) => Ok(None),
        Err(error) => Err(NotTried::Damaged(error.to_string())),
    }
}

fn unfetched(source: &KeySource) -> Error {
    Error::UnusableKey {
        given: source.describe(),
        why: "its key was not fetched".into(),
    }
}
