//! Which number a version has.

use std::collections::BTreeMap;

use coffer_vault::{SecretName, Stage, Timestamp, VersionMetadata, VersionSelector};

use super::version_id::VersionId;

/// A version as the service lists it.
pub(super) struct Listed {
    pub(super) id: String,
    pub(super) created: Timestamp,
    /// The staging labels as the service calls them.
    pub(super) labels: Vec<String>,
}

/// A version and its number.
pub(super) struct Entry {
    pub(super) number: u64,
    pub(super) id: String,
    pub(super) created: Timestamp,
    pub(super) labels: Vec<String>,
    pub(super) expires: Option<Timestamp>,
}

/// All versions of a secret in the order of their numbers.
pub(super) struct History {
    entries: Vec<Entry>,
}

/// The number of a version of which only the id and the time are known. The history says otherwise only where two
/// programs wrote to one secret within a second.
pub(super) fn number_of(id: &str, created: Timestamp) -> u64 {
    VersionId::parse(id).map_or_else(|| seconds(created), |id| id.number)
}

fn seconds(time: Timestamp) -> u64 {
    // A time before 1970 is no time of a version.
    u64::try_from(time.as_second()).unwrap_or(0).max(1)
}

/// The service's name of a stage.
pub(super) fn label_of(stage: Stage) -> &'static str {
    match stage {
        Stage::Current => "AWSCURRENT",
        Stage::Pending => "AWSPENDING",
        Stage::Previous => "AWSPREVIOUS",
    }
}

/// The stages among the labels of a version. The service's own rotation leaves `AWSPENDING` on the version that it
/// has made current; that one is pending no more.
pub(super) fn stages_of(labels: &[String]) -> Vec<Stage> {
    let carries = |stage: Stage| labels.iter().any(|label| label == label_of(stage));
    let current = carries(Stage::Current);
    Stage::ALL
        .into_iter()
        .filter(|stage| carries(*stage) && !(current && *stage != Stage::Current))
        .collect()
}

impl History {
    /// Gives each version its number.
    ///
    /// A version that coffer wrote has the number of its id; where two writers took the same, the one that came
    /// first has it, and the other counts as another program's. A version of another program has the second of its
    /// creation, or one close to it that is free, so that numbers grow in the order of creation and never change
    /// once that second is over.
    pub(super) fn new(mut listed: Vec<Listed>) -> Self {
        listed.sort_by(|a, b| (a.created, &a.id).cmp(&(b.created, &b.id)));
        let mut numbered: BTreeMap<u64, Entry> = BTreeMap::new();
        let mut foreign = Vec::new();
        for version in listed {
            match VersionId::parse(&version.id) {
                Some(id) if !numbered.contains_key(&id.number) => {
                    numbered.insert(id.number, version.numbered(id.number, id.expires));
                }
                own => foreign.push((version, own.and_then(|id| id.expires))),
            }
        }
        let mut below = u64::MAX;
        for (version, expires) in foreign.into_iter().rev() {
            let wanted = seconds(version.created);
            let free = |number: &u64| !numbered.contains_key(number);
            let number = (wanted..below)
                .take(RECENT)
                .find(free)
                .or_else(|| (1..wanted.min(below)).rev().find(free));
            // There are at most some hundred versions, so that a number is always free.
            if let Some(number) = number {
                below = number;
                numbered.insert(number, version.numbered(number, expires));
            }
        }
        Self {
            entries: numbered.into_values().collect(),
        }
    }

    /// All versions, the oldest number first.
    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The highest number; 0 where there is no version.
    pub(super) fn latest(&self) -> u64 {
        self.entries.last().map_or(0, |entry| entry.number)
    }

    /// The version that carries a label of the service.
    pub(super) fn labelled(&self, label: &str) -> Option<&Entry> {
        self.entries
            .iter()
            .find(|entry| entry.labels.iter().any(|carried| carried == label))
    }

    /// The version at a stage.
    pub(super) fn staged(&self, stage: Stage) -> Option<&Entry> {
        self.entries
            .iter()
            .find(|entry| stages_of(&entry.labels).contains(&stage))
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

    /// The version of this id.
    pub(super) fn by_id(&self, id: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.id == id)
    }

    /// The version that was written under an idempotency token; of several, the one that has the number of its id.
    pub(super) fn by_token(&self, digits: &str) -> Option<&Entry> {
        self.entries
            .iter()
            .find(|entry| VersionId::parse(&entry.id).is_some_and(|id| id.token == digits))
    }
}

/// How many numbers after its second a version may get because coffer's own hold those before.
const RECENT: usize = 1000;

impl Listed {
    fn numbered(self, number: u64, expires: Option<Timestamp>) -> Entry {
        Entry {
            number,
            id: self.id,
            created: self.created,
            labels: self.labels,
            expires,
        }
    }
}

impl Entry {
    /// Whether the number is that of the id.
    pub(super) fn has_own_number(&self) -> bool {
        VersionId::parse(&self.id).is_some_and(|id| id.number == self.number)
    }

    /// What callers are told of the version.
    pub(super) fn metadata(&self, name: &SecretName) -> VersionMetadata {
        let mut metadata = VersionMetadata::new(name.clone(), self.number, self.created);
        metadata.stages = stages_of(&self.labels);
        metadata.expires = self.expires;
        metadata
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::write_token::token_digits;

    fn own(number: u64, writer: &str, millisecond: i64) -> Listed {
        let id = VersionId {
            number,
            token: token_digits(writer),
            expires: None,
        };
        listed(&id.write(), millisecond)
    }

    fn listed(id: &str, millisecond: i64) -> Listed {
        Listed {
            id: id.to_owned(),
            created: Timestamp::from_millisecond(millisecond).unwrap(),
            labels: Vec::new(),
        }
    }

    fn numbers(listed: Vec<Listed>) -> Vec<(u64, String)> {
        let history = History::new(listed);
        let numbers = history.entries().iter();
        numbers.map(|it| (it.number, it.id.clone())).collect()
    }

    #[test]
    fn versions_of_others_have_the_second_of_their_creation() {
        let found = numbers(vec![
            listed("c", 90_000),
            listed("a", 50_200),
            listed("b", 50_700),
        ]);
        // What is read first, the newest of a second, has the second itself.
        let expected = [(49, "a"), (50, "b"), (90, "c")];
        assert_eq!(found, expected.map(|(number, id)| (number, id.to_owned())));
    }

    #[test]
    fn of_two_writers_of_one_number_the_first_has_it() {
        let (first, second) = (own(2, "first", 60_000), own(2, "second", 61_000));
        let (first_id, second_id) = (first.id.clone(), second.id.clone());
        let found = numbers(vec![second, first, own(1, "before", 50_000)]);
        assert_eq!(found[1], (2, first_id));
        assert_eq!(found[2], (61, second_id));
    }

    #[test]
    fn no_number_is_given_twice() {
        let found = numbers(vec![
            listed("other", 50_100),
            own(51, "one", 50_200),
            own(52, "two", 50_300),
            listed("late", 51_000),
            listed("later", 51_500),
        ]);
        let numbers: Vec<u64> = found.iter().map(|(number, _)| *number).collect();
        assert_eq!(found.len(), 5);
        assert!(
            numbers.windows(2).all(|pair| pair[0] < pair[1]),
            "{numbers:?}"
        );
        assert_eq!(found.last().unwrap().1, "later");
    }

    #[test]
    fn a_version_that_was_promoted_is_pending_no_more() {
        let labels = |labels: &[&str]| labels.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            stages_of(&labels(&["AWSPENDING", "AWSCURRENT"])),
            [Stage::Current]
        );
        assert_eq!(
            stages_of(&labels(&["AWSPENDING", "blue"])),
            [Stage::Pending]
        );
    }
}
