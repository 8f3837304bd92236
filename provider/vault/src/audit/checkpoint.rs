//! Signed checkpoints: what an outsider keeps to notice that the trail was cut or the whole file put back.
//!
//! A checkpoint is a signed note (C2SP signed-note, Ed25519): origin, number of rows, the newest row's MAC in base64
//! and the time, each on a line; a blank line; the signature line.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::verify::AuditProblem;
use crate::error::{Error, Result};
use crate::hazmat::{SignKey, VaultId, VerifyKey, mac_matches, sha256};
use crate::store::Stored;
use crate::work::Work;

/// Ed25519 in the key ids of signed notes.
const ED25519: u8 = 1;

/// A parsed checkpoint whose signature holds.
struct Checkpoint {
    rows: u64,
    head: Vec<u8>,
}

impl Work<'_> {
    /// The trail as it is now, signed.
    pub(crate) fn checkpoint(&self) -> Result<String> {
        let root = self.root_keyring("sign a checkpoint of")?;
        let signer = root
            .signers
            .last()
            .ok_or_else(|| self.damaged("there is no signing key"))?;
        let (rows, head) = (self.state.audit_rows, &self.state.audit_head);
        let body = body(self.keys.vault, rows, head, self.now);
        Ok(sign(signer, self.keys.vault, &body))
    }

    /// What is wrong with the trail by the word of a checkpoint that was signed before.
    pub(crate) fn compare_with_checkpoint(&self, note: &str) -> Result<Option<AuditProblem>> {
        let root = self.root_keyring("verify a checkpoint of")?;
        let keys = root.signers.iter().map(SignKey::verify_key);
        let checkpoint =
            parse(note, self.keys.vault, keys).map_err(|why| Error::BadCheckpoint { why })?;
        if checkpoint.rows > self.state.audit_rows {
            return Ok(Some(AuditProblem {
                row: self.state.audit_rows.saturating_add(1),
                what: format!(
                    "the trail ends here; when the checkpoint was signed it had {} rows. The end was cut off, or the \
                     vault is an older copy",
                    checkpoint.rows
                ),
            }));
        }
        let found: Option<Vec<u8>> = self
            .db
            .prepare_cached("SELECT mac FROM audit WHERE seq = ?1")
            .and_then(|mut one| {
                one.query_row(params![checkpoint.rows], |row| row.get(0))
                    .optional()
            })
            .stored(self.path)?;
        let same = found.is_some_and(|mac| mac_matches(&mac, &checkpoint.head));
        Ok((!same && checkpoint.rows > 0).then(|| AuditProblem {
            row: checkpoint.rows,
            what: "it is not the row that the checkpoint was signed for".into(),
        }))
    }
}

fn origin(vault: VaultId) -> String {
    let id: String = vault.0.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("coffer-audit/{id}")
}

fn body(vault: VaultId, rows: u64, head: &[u8], at: Timestamp) -> String {
    format!("{}\n{rows}\n{}\n{at}\n", origin(vault), BASE64.encode(head))
}

fn key_id(vault: VaultId, key: &VerifyKey) -> [u8; 4] {
    let name = origin(vault);
    let digest = sha256(&[name.as_bytes(), b"\n", &[ED25519], key.as_bytes()].concat());
    let [a, b, c, d, ..] = digest;
    [a, b, c, d]
}

fn sign(signer: &SignKey, vault: VaultId, body: &str) -> String {
    let signature = signer.sign(body.as_bytes());
    let id = key_id(vault, &signer.verify_key());
    let line = BASE64.encode([id.as_slice(), &signature].concat());
    format!("{body}\n\u{2014} {} {line}\n", origin(vault))
}

fn parse(
    note: &str,
    vault: VaultId,
    mut keys: impl Iterator<Item = VerifyKey>,
) -> std::result::Result<Checkpoint, String> {
    let (body, signature) = note
        .split_once("\n\n")
        .ok_or("it has no blank line before its signature")?;
    let body = format!("{body}\n");
    let mut lines = body.lines();
    let theirs = lines.next().unwrap_or_default();
    if theirs != origin(vault) {
        return Err(format!("it is of another vault: {}", theirs.escape_debug()));
    }
    let rows = lines
        .next()
        .and_then(|rows| rows.parse().ok())
        .ok_or("its second line is no number")?;
    let head = lines
        .next()
        .and_then(|head| BASE64.decode(head).ok())
        .ok_or("its third line is not base64")?;
    let signature = signature
        .trim_end()
        .strip_prefix(&format!("\u{2014} {} ", origin(vault)))
        .and_then(|line| BASE64.decode(line).ok())
        .ok_or("its last line is no signature of this vault")?;
    let (id, signature) = signature
        .split_first_chunk::<4>()
        .ok_or("its signature is too short")?;
    let holds =
        keys.any(|key| key_id(vault, &key) == *id && key.verifies(body.as_bytes(), signature));
    if !holds {
        return Err("its signature is not this vault's".into());
    }
    Ok(Checkpoint { rows, head })
}
