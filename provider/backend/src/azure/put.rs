//! Storing a version.
//!
//! Key Vault stores what it is given, whoever else stores at the same time, and lists versions without an order. So
//! writers agree on who has a number by what each can see of the others: a version is stored as `writing`; where its
//! writer then sees nobody who is further, it makes it `ready`; and once nobody is `writing`, the first by its id of those
//! that are ready has the number. Whoever looks at the versions comes to the same result, so that a writer that dies
//! holds up nobody for long. docs/design/stores.md has the reasons.

use std::time::Duration;

use coffer_vault::{Expect, PutRequest, SecretName, Timestamp, VersionMetadata, VersionSelector};
use serde_json::{Value as Json, json};
use tokio::time::{Instant, sleep};

use super::api::Fault;
use super::deletion::{LIMIT, PAUSE};
use super::record::{Note, Record, State};
use super::store::{Connection, Found, busy, first_record, stage};
use super::view::{self, Seen, View, all_tags};
use super::wire::{Item, Tags};
use super::{LONGEST_VALUE, NOT_BEFORE, SYSTEM, random, token_hash, value};
use crate::error::{Error, Result};

/// How often a write begins anew because another writer had its number.
const ROUNDS: usize = 20;
/// How long to wait before looking again whether other writers are further.
const LOOK_AGAIN: Duration = Duration::from_millis(150);
/// After what time a writer takes itself for too slow: others take it for gone [`view::GONE_AFTER`] its beginning, and
/// a request with its repetitions may take a minute.
const TOO_SLOW: Duration = Duration::from_secs(20);
/// The longest content type.
const LONGEST_TYPE: usize = 255;

/// A write as Key Vault is asked for it.
struct Write<'a> {
    name: &'a SecretName,
    id: String,
    request: &'a PutRequest,
    /// The hash of the idempotency token.
    token: Option<String>,
    text: value::Written,
    not_before: Option<Timestamp>,
}

impl Connection {
    /// Stores a version.
    pub(super) async fn put(
        &self,
        name: &SecretName,
        request: &PutRequest,
    ) -> Result<VersionMetadata> {
        let write = Write {
            name,
            id: self.id(name)?,
            request,
            token: request.idempotency_token.as_deref().map(token_hash),
            text: value::write(&request.value),
            not_before: not_before(request)?,
        };
        write.check()?;
        for _ in 0..ROUNDS {
            let base = match self.find(name).await? {
                Found::Live(view) => Some(*view),
                Found::Nothing => match self.missing(name).await {
                    Error::NotFound { .. } => None,
                    error => return Err(error),
                },
            };
            if let (Some(view), Some(token)) = (&base, &write.token)
                && let Some(seen) = view.by_token(token)
            {
                return self.repeat(&write, view, seen).await;
            }
            write.insist(base.as_ref())?;
            if let Some(stored) = self.try_once(&write, base.as_ref()).await? {
                return Ok(stored);
            }
        }
        Err(busy(name))
    }

    /// Stores a version after those of `base`. `None` where another writer was faster.
    async fn try_once(
        &self,
        write: &Write<'_>,
        base: Option<&View>,
    ) -> Result<Option<VersionMetadata>> {
        let mut note = Note {
            number: base.map_or(0, View::latest).saturating_add(1),
            state: State::Writing,
            write: random()?,
            token: write.token.clone(),
            labels: write.version_labels(),
        };
        let begun = Instant::now();
        let (_, tags) = write.record_and_tags(base, &note)?;
        let item = self.store(write, &note, &tags).await?;
        let version = item.version().to_owned();
        let Some(now) = self.settle(write, base, &mut note, &version, begun).await? else {
            let lost = Note {
                state: State::Lost,
                ..note
            };
            let tags = lost.tags();
            // Nobody reads it by its number, and now nobody reads it without one either.
            let change = json!({ "tags": tags, "attributes": { "enabled": false } });
            let lost = self.api.patch(&write.id, &version, &change).await;
            lost.map_err(|fault| fault.about(write.name, None))?;
            return Ok(None);
        };
        // What others have changed of the secret in the meantime goes along.
        let before = now.before(note.number);
        note.state = State::Done;
        let (record, tags) = write.record_and_tags(before.as_ref().or(base), &note)?;
        let done = self
            .api
            .patch(&write.id, &version, &json!({ "tags": tags }))
            .await;
        let item = done.map_err(|fault| fault.about(write.name, None))?;
        Ok(Some(view::version(write.name, &item, &note, &record)))
    }

    /// Sends the value. Where the answer is lost, looks for it.
    async fn store(&self, write: &Write<'_>, note: &Note, tags: &Tags) -> Result<Item> {
        let body = write.body(tags);
        let start = Instant::now();
        loop {
            match self.api.set(&write.id, &write.text.text, &body).await {
                Ok(item) => return Ok(item),
                // A deletion or a recovery is not over yet.
                Err(fault) if fault.is_passing() && start.elapsed() < LIMIT => sleep(PAUSE).await,
                Err(Fault::Conflict(..)) => return Err(self.missing(write.name).await),
                Err(Fault::Other(lost @ Error::OutcomeUnknown { .. })) => {
                    sleep(PAUSE).await;
                    let found = self.api.versions(&write.id).await;
                    let (items, _) = found.map_err(|_| lost.clone())?;
                    let is_ours = |item: &Item| {
                        let read = item.tags.as_ref().and_then(Note::read);
                        read.is_some_and(|read| read.write == note.write)
                    };
                    // Whether it may still arrive, nobody knows.
                    return items.into_iter().find(is_ours).ok_or(lost);
                }
                Err(fault) => return Err(fault.about(write.name, None)),
            }
        }
    }

    /// Agrees with other writers on who has the number. `None` where it is not this one; the view that says that it is
    /// otherwise.
    async fn settle(
        &self,
        write: &Write<'_>,
        base: Option<&View>,
        note: &mut Note,
        version: &str,
        begun: Instant,
    ) -> Result<Option<View>> {
        let others = base.map_or(0, |view| foreign(&view.versions));
        loop {
            let items = self.api.versions(&write.id).await;
            let (items, now) = items.map_err(|fault| fault.about(write.name, None))?;
            let own = |seen: &Seen| seen.id() == version;
            let view = View::new(write.name, items, now);
            if foreign(&view.versions) != others {
                return Ok(None);
            }
            let rivals: Vec<&Seen> = view
                .open
                .iter()
                .filter(|it| it.number() == note.number && it.id() != version)
                .collect();
            match note.state {
                State::Writing => {
                    let is_taken = view.latest() >= note.number
                        || rivals.iter().any(|it| it.note.state == State::Ready);
                    if is_taken || begun.elapsed() > TOO_SLOW {
                        return Ok(None);
                    }
                    note.state = State::Ready;
                    let (_, tags) = write.record_and_tags(base, note)?;
                    let change = json!({ "tags": tags });
                    let ready = self.api.patch(&write.id, version, &change).await;
                    ready.map_err(|fault| fault.about(write.name, None))?;
                }
                _ if view.versions.iter().any(own) => return Ok(Some(view)),
                _ if view.open.iter().any(own) => sleep(LOOK_AGAIN).await,
                _ => return Ok(None),
            }
        }
    }

    /// What an earlier put with the same token has stored.
    async fn repeat(&self, write: &Write<'_>, view: &View, seen: &Seen) -> Result<VersionMetadata> {
        if seen.item.is_enabled() {
            let which = VersionSelector::Version(seen.number());
            let stored = self.api.get(&write.id, seen.id()).await;
            let (item, text) = stored.map_err(|fault| fault.about(write.name, Some(which)))?;
            let stored = value::read(text, &item.tags.unwrap_or_default());
            if !stored.ct_eq(&write.request.value) {
                return Err(write.conflict(
                    "the value that was stored under this idempotency token before",
                    "another value",
                ));
            }
        }
        if seen.note.state != State::Done {
            // Its writer came no further, and it has its number all the same.
            let mut done = seen.clone();
            done.note.state = State::Done;
            let change = json!({ "tags": view.tags_of(&done)? });
            let done = self.api.patch(&write.id, seen.id(), &change).await;
            done.map_err(|fault| fault.about(write.name, None))?;
        }
        let mut metadata = view.version(seen);
        metadata.repeated = true;
        Ok(metadata)
    }
}

impl Write<'_> {
    fn check(&self) -> Result<()> {
        let invalid = |said: String| {
            Err(Error::Invalid {
                system: SYSTEM,
                said,
            })
        };
        let length = self.text.text.len();
        if length == 0 {
            return invalid("the value is empty".to_owned());
        }
        if length > LONGEST_VALUE {
            let how = if self.text.is_base64 {
                " in base64"
            } else {
                ""
            };
            return invalid(format!(
                "the value has {length} bytes{how}; {LONGEST_VALUE} are the most"
            ));
        }
        let kind = self.request.content_type.as_deref().unwrap_or_default();
        if kind.len() > LONGEST_TYPE {
            return invalid(format!(
                "the content type has {} characters; {LONGEST_TYPE} are the most",
                kind.len()
            ));
        }
        Ok(())
    }

    /// Holds the write to what it expects.
    fn insist(&self, base: Option<&View>) -> Result<()> {
        let latest = base.map_or(0, View::latest);
        let expected = match self.request.expect {
            None => return Ok(()),
            Some(Expect::Absent) => 0,
            Some(Expect::Latest(version)) => version,
        };
        if expected == latest {
            return Ok(());
        }
        let text = |latest: u64| match latest {
            0 => "no secret".to_owned(),
            version => format!("version {version} as the newest"),
        };
        Err(self.conflict(&text(expected), &text(latest)))
    }

    fn conflict(&self, expected: &str, found: &str) -> Error {
        Error::Conflict {
            system: SYSTEM,
            name: self.name.clone(),
            expected: expected.to_owned(),
            found: found.to_owned(),
        }
    }

    /// The labels that are kept in the note: the time before which the value is not valid has a place of its own.
    fn version_labels(&self) -> Tags {
        let mut labels = self.request.version_labels.clone();
        labels.remove(NOT_BEFORE);
        labels
    }

    fn encoding(&self) -> Option<&'static str> {
        self.text.is_base64.then_some(value::BASE64_NAME)
    }

    /// What the secret is with this version, and the tags that say so.
    fn record_and_tags(&self, base: Option<&View>, note: &Note) -> Result<(Record, Tags)> {
        let now = Timestamp::now();
        let mut record = base.map_or_else(|| first_record(now), |view| view.record.clone());
        let mut labels = base.map(|view| view.labels.clone()).unwrap_or_default();
        view::apply(&mut record, &mut labels, &self.request.change)?;
        stage(&mut record, self.request.stage, note.number, now);
        record.remember_change(&note.write);
        let tags = all_tags(self.name, &labels, note, &record, self.encoding())?;
        Ok((record, tags))
    }

    /// Everything of the request but the value.
    fn body(&self, tags: &Tags) -> Json {
        let seconds = |time: Option<Timestamp>| time.map(Timestamp::as_second);
        let kind = self.request.content_type.as_deref();
        let kind = kind.or(self.text.is_base64.then_some(value::BYTES));
        let mut attributes = json!({ "enabled": true });
        for (key, time) in [
            ("exp", seconds(self.request.expires)),
            ("nbf", seconds(self.not_before)),
        ] {
            if let (Some(time), Some(attributes)) = (time, attributes.as_object_mut()) {
                attributes.insert(key.to_owned(), time.into());
            }
        }
        json!({ "contentType": kind, "attributes": attributes, "tags": tags })
    }
}

/// The time that the label of the version says.
fn not_before(request: &PutRequest) -> Result<Option<Timestamp>> {
    let Some(text) = request.version_labels.get(NOT_BEFORE) else {
        return Ok(None);
    };
    text.parse().map(Some).map_err(|_| Error::Invalid {
        system: SYSTEM,
        said: format!(
            "the label \"{NOT_BEFORE}\" of the version is no time such as 2030-01-02T03:04:05Z"
        ),
    })
}

/// How many versions other programs have stored.
fn foreign(versions: &[Seen]) -> usize {
    versions.iter().filter(|it| it.is_foreign).count()
}
