//! A secret's versions as Key Vault lists them, in coffer's terms.

use std::collections::{BTreeMap, BTreeSet};

use coffer_vault::{
    MetadataChange, SecretMetadata, SecretName, SignedDuration, Stage, Timestamp, VersionMetadata,
    VersionSelector, VersionState,
};

use super::record::{Note, Record, State, write_tags};
use super::wire::{Item, Tags, time};
use super::{NOT_BEFORE, SPELLING, SYSTEM, tags, value};
use crate::error::{Error, Result};
use crate::refusal;

/// After what time a version whose number is not settled is taken for one of a process that is gone.
pub(super) const GONE_AFTER: SignedDuration = SignedDuration::from_secs(90);

/// A secret that was looked at.
#[derive(Clone)]
pub(super) struct View {
    pub(super) name: SecretName,
    pub(super) record: Record,
    pub(super) labels: Tags,
    /// The versions that have a number, in the order of their numbers.
    pub(super) versions: Vec<Seen>,
    /// The versions whose number is not settled.
    pub(super) open: Vec<Seen>,
}

/// A version.
#[derive(Clone)]
pub(super) struct Seen {
    pub(super) item: Item,
    pub(super) note: Note,
    /// Whether another program stored it, and coffer has not changed it since.
    pub(super) is_foreign: bool,
}

impl Seen {
    pub(super) fn number(&self) -> u64 {
        self.note.number
    }

    pub(super) fn id(&self) -> &str {
        self.item.version()
    }

    fn seconds(&self) -> i64 {
        self.item.attributes.created.unwrap_or_default()
    }

    /// Whether its writer may still be at work.
    pub(super) fn is_fresh(&self, now: Timestamp) -> bool {
        now.duration_since(self.item.created()) < GONE_AFTER
    }
}

impl View {
    /// What the versions of a secret tell together. A secret is there where one of them has a number.
    ///
    /// A version that coffer stored has the number of its note once that is settled: its writer says so, or it is the
    /// first by its id of those that are ready while no other writer is at work. A version of another program has the
    /// second of its creation as its number, or the next that is free.
    pub(super) fn new(name: &SecretName, items: Vec<Item>, now: Timestamp) -> Self {
        let mut numbered: BTreeMap<u64, Seen> = BTreeMap::new();
        let mut unsettled: BTreeMap<u64, Vec<Seen>> = BTreeMap::new();
        let mut foreign = Vec::new();
        for item in items {
            let note = item.tags.as_ref().and_then(Note::read);
            let seen = Seen {
                is_foreign: note.is_none(),
                note: note.unwrap_or_default(),
                item,
            };
            match seen.note.state {
                _ if seen.is_foreign => foreign.push(seen),
                State::Lost => {}
                State::Done => {
                    let kept = numbered
                        .entry(seen.number())
                        .or_insert_with(|| seen.clone());
                    // Two can only have one number where a tag was changed by hand.
                    if (seen.seconds(), seen.id()) < (kept.seconds(), kept.id()) {
                        *kept = seen;
                    }
                }
                State::Writing | State::Ready => {
                    unsettled.entry(seen.number()).or_default().push(seen);
                }
            }
        }
        let mut open = Vec::new();
        for (number, group) in unsettled {
            // Somebody has the number already, so the others have lost it.
            if numbered.contains_key(&number) {
                continue;
            }
            let is_undecided = group
                .iter()
                .any(|it| it.note.state == State::Writing && it.is_fresh(now));
            let winner = group
                .iter()
                .filter(|it| it.note.state == State::Ready)
                .min_by(|a, b| a.id().cmp(b.id()))
                .filter(|_| !is_undecided)
                .cloned();
            match winner {
                Some(winner) => {
                    numbered.insert(number, winner);
                }
                None => open.extend(group),
            }
        }
        number_foreign(&mut numbered, foreign);
        let versions: Vec<Seen> = numbered.into_values().collect();
        Self::of(name.clone(), versions, open)
    }

    fn of(name: SecretName, versions: Vec<Seen>, open: Vec<Seen>) -> Self {
        let newest = versions.last().and_then(|newest| newest.item.tags.as_ref());
        Self {
            name,
            record: record(&versions),
            labels: newest.map(tags::labels).unwrap_or_default(),
            versions,
            open,
        }
    }

    /// The secret as it was before the version `number` was stored; `None` where it was not.
    pub(super) fn before(&self, number: u64) -> Option<Self> {
        let older = self.versions.iter().filter(|it| it.number() < number);
        let older: Vec<Seen> = older.cloned().collect();
        let is_there = !older.is_empty();
        is_there.then(|| Self::of(self.name.clone(), older, Vec::new()))
    }

    /// The name that coffer has stored the secret under; `None` where it never has.
    pub(super) fn stored_name(&self) -> Option<SecretName> {
        let mut newest_first = self.versions.iter().rev();
        newest_first.find_map(|it| Record::name(&it.item))
    }

    /// The newest version, whose tags say what the secret is.
    pub(super) fn newest(&self) -> Result<&Seen> {
        self.versions.last().ok_or_else(|| not_found(&self.name))
    }

    pub(super) fn latest(&self) -> u64 {
        self.versions.last().map_or(0, Seen::number)
    }

    /// The version that `selector` means.
    ///
    /// # Errors
    /// [`Error::NoSuchVersion`].
    pub(super) fn select(&self, selector: VersionSelector) -> Result<&Seen> {
        let number = match selector {
            VersionSelector::Current => self.record.current,
            VersionSelector::Stage(stage) => self.record.staged(stage),
            VersionSelector::Version(number) => Some(number),
        };
        number
            .and_then(|number| self.versions.iter().find(|it| it.number() == number))
            .ok_or_else(|| Error::NoSuchVersion {
                system: SYSTEM,
                name: self.name.clone(),
                selector,
            })
    }

    /// The version that was stored under an idempotency token.
    pub(super) fn by_token(&self, token: &str) -> Option<&Seen> {
        self.versions
            .iter()
            .find(|it| it.note.token.as_deref() == Some(token))
    }

    /// Takes over a change of metadata.
    ///
    /// # Errors
    /// Where Key Vault has no place for it.
    pub(super) fn apply(&mut self, change: &MetadataChange) -> Result<()> {
        apply(&mut self.record, &mut self.labels, change)
    }

    /// # Errors
    /// Where the revision is another one than `change` expects.
    pub(super) fn expect_revision(&self, change: &MetadataChange) -> Result<()> {
        let found = self.record.revision;
        refusal::other_revision(SYSTEM, &self.name, change.expect_revision, found)
    }

    /// The tags of `seen` with all that the view says.
    pub(super) fn tags_of(&self, seen: &Seen) -> Result<Tags> {
        let tags = seen.item.tags.as_ref();
        let encoding = tags.and_then(|tags| tags.get(value::ENCODING));
        let encoding = encoding.map(String::as_str);
        all_tags(&self.name, &self.labels, &seen.note, &self.record, encoding)
    }

    /// What callers are told of a version.
    pub(super) fn version(&self, seen: &Seen) -> VersionMetadata {
        version(&self.name, &seen.item, &seen.note, &self.record)
    }

    /// What callers are told of the secret.
    pub(super) fn metadata(&self) -> SecretMetadata {
        let born = self.versions.iter().map(|it| it.item.created()).min();
        let updated = self
            .versions
            .iter()
            .filter_map(|it| it.item.attributes.updated);
        let mut metadata = metadata(&self.name, &self.record, &self.labels);
        metadata.created = born.unwrap_or(metadata.created);
        metadata.updated = updated.max().and_then(time).unwrap_or(metadata.created);
        metadata.latest = self.latest();
        if let Ok(current) = self.select(VersionSelector::Current) {
            metadata.expires = current.item.attributes.exp.and_then(time);
            metadata.current_since = metadata.current_since.or(Some(current.item.created()));
        }
        metadata
    }
}

/// Gives versions of other programs the seconds of their creation as numbers.
fn number_foreign(numbered: &mut BTreeMap<u64, Seen>, mut foreign: Vec<Seen>) {
    foreign.sort_by(|a, b| (a.seconds(), a.id()).cmp(&(b.seconds(), b.id())));
    let mut taken: BTreeSet<u64> = numbered.keys().copied().collect();
    let mut above = 0;
    for mut seen in foreign {
        let second = u64::try_from(seen.seconds()).unwrap_or(0).max(1);
        let mut number = second.max(above);
        while taken.contains(&number) {
            number = number.saturating_add(1);
        }
        taken.insert(number);
        above = number.saturating_add(1);
        seen.note.number = number;
        numbered.insert(number, seen);
    }
}

/// What the newest version that coffer has written says, and what other programs have stored since.
fn record(versions: &[Seen]) -> Record {
    let read = |seen: &Seen| Some((seen.number(), Record::read(seen.item.tags.as_ref()?)?));
    let (upto, mut record) = versions.iter().rev().find_map(read).unwrap_or_default();
    for seen in versions.iter().filter(|it| it.number() > upto) {
        record.make_current(seen.number(), seen.seconds());
        record.revision = record.revision.saturating_add(1);
    }
    record
}

/// Takes over a change of metadata.
///
/// # Errors
/// Where Key Vault has no place for it.
pub(super) fn apply(record: &mut Record, labels: &mut Tags, change: &MetadataChange) -> Result<()> {
    if change.versions_to_keep.is_some_and(|keep| keep > 0) {
        return Err(Error::Unsupported {
            system: SYSTEM,
            what: "keep a number of versions",
            instead: "leave it out: a version is only removed together with its secret",
        });
    }
    if let Some(description) = &change.description {
        record.description = Some(description.clone()).filter(|text| !text.is_empty());
    }
    for (key, text) in &change.labels {
        tags::check_label(key, text.as_deref())?;
        set(labels, key, text);
    }
    for (key, text) in &change.annotations {
        set(&mut record.annotations, key, text);
    }
    Ok(())
}

fn set(texts: &mut BTreeMap<String, String>, key: &str, text: &Option<String>) {
    match text {
        Some(text) => texts.insert(key.to_owned(), text.clone()),
        None => texts.remove(key),
    };
}

/// All tags of a version.
///
/// # Errors
/// Where there are too many.
pub(super) fn all_tags(
    name: &SecretName,
    labels: &Tags,
    note: &Note,
    record: &Record,
    encoding: Option<&str>,
) -> Result<Tags> {
    let written = SPELLING.write(name)?;
    // Key Vault takes upper and lower case for the same, so only a tag tells which it is.
    let has_case = written.bytes().any(|it| it.is_ascii_uppercase());
    let own_name = Some(name.as_str()).filter(|name| has_case || *name != written);
    write_tags(labels, note, record, encoding, own_name)
}

/// What callers are told of a version.
pub(super) fn version(
    name: &SecretName,
    item: &Item,
    note: &Note,
    record: &Record,
) -> VersionMetadata {
    let mut metadata = VersionMetadata::new(name.clone(), note.number, item.created());
    metadata.stages = Stage::ALL
        .into_iter()
        .filter(|stage| record.staged(*stage) == Some(note.number))
        .collect();
    metadata.state = match item.is_enabled() {
        true => VersionState::Enabled,
        false => VersionState::Disabled,
    };
    metadata.content_type = item.content_type.clone().filter(|text| !text.is_empty());
    metadata.expires = item.attributes.exp.and_then(time);
    metadata.labels = note.labels.clone();
    if let Some(from) = item.attributes.nbf.and_then(time) {
        metadata
            .labels
            .insert(NOT_BEFORE.to_owned(), from.to_string());
    }
    metadata
}

/// What callers are told of a secret of which only the record is known.
pub(super) fn metadata(name: &SecretName, record: &Record, labels: &Tags) -> SecretMetadata {
    let created = record.born.and_then(time).unwrap_or_default();
    let mut metadata = SecretMetadata::new(name.clone(), created);
    metadata.revision = record.revision;
    metadata.current = record.current;
    metadata.pending = record.pending;
    metadata.previous = record.previous;
    metadata.current_since = record.current.and(record.since).and_then(time);
    metadata.description = record.description.clone();
    metadata.labels = labels.clone();
    metadata.annotations = record.annotations.clone();
    metadata
}

/// Refuses a secret that is another one to coffer, though not to Key Vault, which does not tell upper and lower case
/// apart. `stored` is the name that coffer has stored it under.
///
/// # Errors
/// [`Error::Invalid`] where that is not `name`.
pub(super) fn expect_name(name: &SecretName, stored: Option<&SecretName>) -> Result<()> {
    match stored.filter(|stored| *stored != name) {
        None => Ok(()),
        Some(stored) => Err(Error::Invalid {
            system: SYSTEM,
            said: format!(
                "\"{name}\" is the same name there as that of the secret \"{stored}\", because upper and lower case are not told apart; give one of them another name"
            ),
        }),
    }
}

pub(super) fn not_found(name: &SecretName) -> Error {
    Error::NotFound {
        system: SYSTEM,
        name: name.clone(),
    }
}

#[cfg(test)]
#[path = "view_tests.rs"]
mod tests;
