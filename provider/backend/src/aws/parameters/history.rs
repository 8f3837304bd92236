//! The versions of a parameter and their stages.

use std::collections::BTreeSet;

use aws_sdk_ssm::types::ParameterHistory;
use coffer_vault::{SecretName, Stage, Timestamp, VersionMetadata, VersionSelector};

use super::note::Note;
use crate::aws::time::timestamp;

/// A version.
pub(super) struct Entry {
    pub(super) number: u64,
    pub(super) created: Timestamp,
    /// The service's labels.
    pub(super) labels: Vec<String>,
    /// What coffer keeps with it, where coffer wrote it.
    pub(super) note: Option<Note>,
}

/// The versions that a parameter has, in the order of their numbers.
pub(super) struct History {
    entries: Vec<Entry>,
    /// The newest version of all, that of a write that lost included; 0 where there is none.
    pub(super) newest: u64,
    /// The key that the newest version is encrypted with.
    pub(super) key_id: Option<String>,
    /// The description that another program has written last.
    pub(super) description: Option<String>,
}

/// The service's label of a stage, by which programs read it: `/prod/db:current`.
pub(super) fn label_of(stage: Stage) -> &'static str {
    match stage {
        Stage::Current => "current",
        Stage::Pending => "pending",
        Stage::Previous => "previous",
    }
}

impl History {
    /// Reads what the service lists. Writes that lost against others are no versions.
    pub(super) fn new(mut listed: Vec<ParameterHistory>) -> Self {
        listed.sort_by_key(ParameterHistory::version);
        let newest = listed.last();
        let mut history = Self {
            entries: Vec::new(),
            newest: newest.map_or(0, number_of),
            key_id: newest.and_then(|it| it.key_id().map(ToOwned::to_owned)),
            description: listed
                .iter()
                .rev()
                .filter_map(ParameterHistory::description)
                .find(|text| !text.is_empty() && Note::read(text).is_none())
                .map(ToOwned::to_owned),
        };
        let mut writes = BTreeSet::new();
        for version in &listed {
            let number = number_of(version);
            // The service hands a description on to a version that another program writes without one.
            let note = version
                .description()
                .and_then(Note::read)
                .filter(|note| writes.insert(note.write.clone()));
            if note.as_ref().is_some_and(|note| note.has_lost(number)) {
                continue;
            }
            history.entries.push(Entry {
                number,
                created: version
                    .last_modified_date()
                    .map_or(Timestamp::UNIX_EPOCH, timestamp),
                labels: version.labels().to_vec(),
                note,
            });
        }
        history
    }

    /// All versions, the oldest first.
    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The highest number; 0 where there is no version.
    pub(super) fn latest(&self) -> u64 {
        self.entries.last().map_or(0, |entry| entry.number)
    }

    /// The version that carries the label of a stage.
    pub(super) fn labelled(&self, stage: Stage) -> Option<&Entry> {
        let label = label_of(stage);
        self.entries
            .iter()
            .find(|entry| entry.labels.iter().any(|carried| carried == label))
    }

    /// The version at a stage. A current one is nothing else, whatever labels it carries besides. Where no version
    /// is labelled as the current one, it is the newest, as it is for the service.
    pub(super) fn staged(&self, stage: Stage) -> Option<&Entry> {
        let current = self.labelled(Stage::Current).or_else(|| {
            let mut newest_first = self.entries.iter().rev();
            newest_first.find(|entry| entry.note.as_ref().is_none_or(|note| !note.pending))
        });
        match stage {
            Stage::Current => current,
            stage => self
                .labelled(stage)
                .filter(|entry| current.is_none_or(|current| current.number != entry.number)),
        }
    }

    /// The version that `selector` means.
    pub(super) fn select(&self, selector: VersionSelector) -> Option<&Entry> {
        match selector {
            VersionSelector::Current => self.staged(Stage::Current),
            VersionSelector::Stage(stage) => self.staged(stage),
            VersionSelector::Version(number) => {
                self.entries.iter().find(|entry| entry.number == number)
            }
        }
    }

    /// The version that a write made.
    pub(super) fn by_write(&self, write: &str) -> Option<&Entry> {
        let made = |entry: &&Entry| entry.note.as_ref().is_some_and(|note| note.write == write);
        self.entries.iter().find(made)
    }

    /// The newest version from `number` on that was stored to be the current one.
    pub(super) fn meant_as_current(&self, number: u64) -> Option<&Entry> {
        self.entries.iter().rev().find(|entry| {
            let note = entry.note.as_ref();
            entry.number >= number && note.is_some_and(|note| !note.pending)
        })
    }

    /// What callers are told of a version.
    pub(super) fn version(&self, name: &SecretName, entry: &Entry) -> VersionMetadata {
        let mut metadata = VersionMetadata::new(name.clone(), entry.number, entry.created);
        let carries = |stage: &Stage| {
            let carrier = self.staged(*stage);
            carrier.is_some_and(|carrier| carrier.number == entry.number)
        };
        metadata.stages = Stage::ALL.into_iter().filter(carries).collect();
        if let Some(note) = &entry.note {
            metadata.content_type.clone_from(&note.content_type);
            metadata.labels.clone_from(&note.labels);
        }
        metadata
    }
}

fn number_of(version: &ParameterHistory) -> u64 {
    u64::try_from(version.version()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use aws_sdk_ssm::primitives::DateTime;

    use super::*;

    fn listed(number: i64, labels: &[&str], note: Option<&Note>) -> ParameterHistory {
        ParameterHistory::builder()
            .version(number)
            .last_modified_date(DateTime::from_secs(number))
            .set_labels(Some(labels.iter().map(|it| (*it).to_owned()).collect()))
            .set_description(note.map(|note| note.write().unwrap()))
            .build()
    }

    fn note(write: &str, base: u64, exact: bool, pending: bool) -> Note {
        Note {
            write: write.to_owned(),
            base,
            exact,
            pending,
            ..Note::default()
        }
    }

    fn current(history: &History) -> Option<u64> {
        Some(history.staged(Stage::Current)?.number)
    }

    #[test]
    fn without_labels_the_newest_that_is_not_pending_is_current() {
        let pending = note("a", 2, false, true);
        let history = History::new(vec![
            listed(1, &[], None),
            listed(2, &[], None),
            listed(3, &[], Some(&pending)),
        ]);
        assert_eq!(current(&history), Some(2));
        let alone = History::new(vec![listed(3, &[], Some(&pending))]);
        assert_eq!(current(&alone), None);
    }

    #[test]
    fn a_write_that_lost_is_no_version() {
        let (won, lost) = (note("a", 1, true, false), note("b", 1, true, false));
        let history = History::new(vec![
            listed(3, &[], Some(&lost)),
            listed(1, &["previous"], None),
            listed(2, &["current"], Some(&won)),
        ]);
        assert_eq!((history.latest(), history.newest), (2, 3));
        assert_eq!(current(&history), Some(2));
        assert!(history.by_write("b").is_none());
    }

    #[test]
    fn a_note_that_the_service_hands_on_is_not_the_next_versions() {
        let first = note("a", 0, true, false);
        let history = History::new(vec![
            listed(1, &[], Some(&first)),
            listed(2, &[], Some(&first)),
        ]);
        assert_eq!(history.by_write("a").unwrap().number, 1);
        assert_eq!(current(&history), Some(2));
    }

    #[test]
    fn a_current_version_is_nothing_else() {
        let history = History::new(vec![
            listed(1, &["previous", "blue"], None),
            listed(2, &["current", "pending"], None),
        ]);
        assert_eq!(current(&history), Some(2));
        assert!(history.staged(Stage::Pending).is_none());
        assert_eq!(history.staged(Stage::Previous).unwrap().number, 1);
    }
}
