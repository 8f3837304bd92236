//! Storing a version: claim, add, put the stage on it.

use std::time::Duration;

use aws_lc_rs::digest;
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use coffer_vault::{Expect, PutRequest, SignedDuration, Stage, Timestamp, VersionMetadata};

use super::api::Fault;
use super::record::{Claim, VersionRecord};
use super::store::{ATTEMPTS, Connection};
use super::view::{View, check_label};
use super::wire::{State, Version};
use super::{LONGEST_VALUE, SYSTEM};
use crate::error::{Error, Result};
use crate::hex::hex;
use coffer_vault::SecretName;

/// After what time a claim is taken for one of a process that is gone.
const CLAIM_LASTS: SignedDuration = SignedDuration::from_secs(120);
/// How long to wait for the service to show what it has taken.
const SETTLE: Duration = Duration::from_millis(500);

impl Connection {
    /// Stores a version.
    pub(super) async fn put(
        &self,
        name: &SecretName,
        request: &PutRequest,
    ) -> Result<VersionMetadata> {
        check(request)?;
        let id = self.id(name)?;
        let token = request
            .idempotency_token
            .as_ref()
            .map(|it| hash(it.as_bytes()));
        let claim = Claim {
            id: random()?,
            token: token.clone(),
            at: Timestamp::now(),
            base: 0,
        };
        let (view, found) = match self.claim(name, request, claim.clone()).await? {
            Claimed::Repeated(metadata) => return Ok(*metadata),
            Claimed::Ours(view) => (view, None),
            Claimed::Left(view, version) => (view, Some(version)),
        };
        let version = match found {
            Some(version) => version,
            None => self
                .add(&id, &view, request)
                .await
                .map_err(|fault| fault.about(name, None))?,
        };
        let number = version.number().unwrap_or_default();
        let view = self.finish(*view, number, request, &claim).await?;
        self.destroy_old(&id, &view).await?;
        view.version(&version).ok_or_else(no_number)
    }

    /// Looks at the secret, makes it where there is none, and claims the next version.
    async fn claim(
        &self,
        name: &SecretName,
        request: &PutRequest,
        mut claim: Claim,
    ) -> Result<Claimed> {
        let id = self.id(name)?;
        for _ in 0..ATTEMPTS {
            let Some(view) = self.find(name).await? else {
                if let Some(Expect::Latest(version)) = request.expect {
                    return Err(conflict(name, Expect::Latest(version), None));
                }
                let mut view = View::new(name.clone(), super::wire::Secret::default(), None)?;
                view.apply(&request.change)?;
                view.record.claim = Some(claim.clone());
                match self.create(&id, &mut view).await {
                    Ok(()) => return Ok(Claimed::Ours(Box::new(view))),
                    Err(Fault::Conflict(_)) => continue,
                    Err(fault) => return Err(fault.about(name, None)),
                }
            };
            let mut view = view.live()?;
            let latest = view.latest();
            if let Some(token) = &claim.token {
                let known = view.record.tokens.iter().find(|(known, _)| known == token);
                if let Some(number) = known.map(|(_, number)| *number) {
                    return self.repeated(&id, view, number, request).await;
                }
                if let Some(left) = view
                    .record
                    .claim
                    .clone()
                    .filter(|it| it.token.as_ref() == Some(token))
                    && let Some(version) = self.find_added(&id, left.base, request).await?
                {
                    claim.base = left.base;
                    view.record.claim = Some(claim.clone());
                    return Ok(Claimed::Left(Box::new(view), version));
                }
            }
            let holds = match request.expect {
                None => true,
                Some(Expect::Absent) => latest == 0,
                Some(Expect::Latest(version)) => latest == version,
            };
            if let (false, Some(expect)) = (holds, request.expect) {
                return Err(conflict(name, expect, Some(latest)));
            }
            if request.expect.is_none() && claim.token.is_none() {
                return Ok(Claimed::Ours(Box::new(view)));
            }
            let other = view
                .record
                .claim
                .as_ref()
                .filter(|other| other.token != claim.token || other.token.is_none());
            if let Some(other) = other
                && Timestamp::now().duration_since(other.at) < CLAIM_LASTS
            {
                return Err(Error::Conflict {
                    system: SYSTEM,
                    name: name.clone(),
                    expected: "no other write under way".to_owned(),
                    found: format!("one that began at {:.0}", other.at),
                });
            }
            claim.base = latest;
            view.record.claim = Some(claim.clone());
            match self.save(&id, &mut view, false).await {
                Ok(()) => return Ok(Claimed::Ours(Box::new(view))),
                Err(Fault::Conflict(_) | Fault::Precondition(_)) => {}
                Err(fault) => return Err(fault.about(name, None)),
            }
        }
        Err(busy(name))
    }

    /// The version that an earlier put with the same token made.
    async fn repeated(
        &self,
        id: &str,
        view: View,
        number: u64,
        request: &PutRequest,
    ) -> Result<Claimed> {
        let which = number.to_string();
        let about = |fault: Fault| fault.about(&view.name, None);
        let version = self.api.version(id, &which).await.map_err(about)?;
        if version.state == State::Enabled {
            let (_, value) = self.api.access(id, &which).await.map_err(about)?;
            if !value.ct_eq(&request.value) {
                return Err(Error::Conflict {
                    system: SYSTEM,
                    name: view.name,
                    expected: format!(
                        "the value of version {number}, which has the same idempotency token"
                    ),
                    found: "another value".to_owned(),
                });
            }
        }
        let mut metadata = view.version(&version).ok_or_else(no_number)?;
        metadata.repeated = true;
        Ok(Claimed::Repeated(Box::new(metadata)))
    }

    /// Adds the version; where the answer is lost, looks for it.
    async fn add(&self, id: &str, view: &View, request: &PutRequest) -> Result<Version, Fault> {
        match self.api.add_version(id, &request.value).await {
            Ok(version) if version.client_specified_payload_checksum => Ok(version),
            Ok(version) => {
                // The server says nothing of the checksum, so the value itself is compared.
                let number = version.number().unwrap_or_default();
                let (_, stored) = self.api.access(id, &number.to_string()).await?;
                if stored.ct_eq(&request.value) {
                    return Ok(version);
                }
                Err(Fault::Other(Error::Unexpected {
                    system: SYSTEM,
                    said: format!("version {number} is not the value that was sent"),
                }))
            }
            Err(Fault::Other(lost @ Error::OutcomeUnknown { .. })) => {
                tokio::time::sleep(SETTLE).await;
                match self.find_added(id, view.latest(), request).await {
                    Ok(Some(version)) => Ok(version),
                    // Whether it may still arrive, nobody knows.
                    _ => Err(Fault::Other(lost)),
                }
            }
            Err(fault) => Err(fault),
        }
    }

    /// A version newer than `base` that holds the value.
    async fn find_added(
        &self,
        id: &str,
        base: u64,
        request: &PutRequest,
    ) -> Result<Option<Version>> {
        let about = |fault: Fault| match fault {
            Fault::Other(error) => error,
            Fault::NotFound(said) | Fault::Conflict(said) | Fault::Precondition(said) => {
                Error::Unexpected {
                    system: SYSTEM,
                    said,
                }
            }
        };
        for version in self.api.versions(id).await.map_err(about)? {
            let newer = version.number().filter(|number| *number > base);
            if let (Some(number), State::Enabled) = (newer, version.state) {
                let (_, value) = self
                    .api
                    .access(id, &number.to_string())
                    .await
                    .map_err(about)?;
                if value.ct_eq(&request.value) {
                    return Ok(Some(version));
                }
            }
        }
        Ok(None)
    }

    /// Puts the stage on the version and takes the claim away.
    async fn finish(
        &self,
        view: View,
        number: u64,
        request: &PutRequest,
        claim: &Claim,
    ) -> Result<View> {
        let name = view.name.clone();
        let claimed = request.expect.is_some() || claim.token.is_some();
        let result = self
            .modify(&name, Some(view), |view| {
                let ours = view
                    .record
                    .claim
                    .as_ref()
                    .is_some_and(|it| it.id == claim.id);
                if claimed && !ours {
                    return Err(Error::Conflict {
                        system: SYSTEM,
                        name: name.clone(),
                        expected: "its own claim".to_owned(),
                        found: "one of another write, which took this one for ended".to_owned(),
                    });
                }
                if ours {
                    view.record.claim = None;
                }
                view.manage();
                view.apply(&request.change)?;
                view.record.latest = view.record.latest.max(number);
                if let Some(token) = &claim.token {
                    view.record.remember_token(token.clone(), number);
                }
                let record = VersionRecord {
                    content_type: request.content_type.clone(),
                    expires: request.expires,
                    labels: request.version_labels.clone(),
                };
                if record != VersionRecord::default() {
                    view.record.versions.insert(number, record);
                }
                match request.stage {
                    Stage::Pending => view.set_stage(Stage::Pending, Some(number)),
                    // Of two writes at once the later one is current, whichever ends first.
                    _ if view
                        .staged(Stage::Current)
                        .is_some_and(|current| current > number) => {}
                    _ => view.make_current(number),
                }
                Ok(true)
            })
            .await;
        if let Err(Error::Conflict { .. }) = &result {
            // A version that nothing refers to is worth less than none. One that stays does no harm.
            let id = self.id(&name)?;
            let _ = self.api.change_version(&id, number, "destroy", "").await;
        }
        result
    }
}

enum Claimed {
    /// The next version may be added.
    Ours(Box<View>),
    /// A put with the same token added this version and did not finish.
    Left(Box<View>, Version),
    /// A put with the same token has finished.
    Repeated(Box<VersionMetadata>),
}

fn check(request: &PutRequest) -> Result<()> {
    for (key, value) in &request.change.labels {
        check_label(key, value.as_deref())?;
    }
    let length = request.value.len();
    if length > LONGEST_VALUE {
        return Err(Error::Invalid {
            system: SYSTEM,
            said: format!("the value has {length} bytes; {LONGEST_VALUE} are the most"),
        });
    }
    if request.value.is_empty() {
        return Err(Error::Invalid {
            system: SYSTEM,
            said: "the value is empty".to_owned(),
        });
    }
    Ok(())
}

fn conflict(name: &SecretName, expect: Expect, latest: Option<u64>) -> Error {
    let text = |latest: Option<u64>| match latest {
        None | Some(0) => "no secret".to_owned(),
        Some(version) => format!("version {version} as the newest"),
    };
    Error::Conflict {
        system: SYSTEM,
        name: name.clone(),
        expected: match expect {
            Expect::Absent => text(None),
            Expect::Latest(version) => text(Some(version)),
        },
        found: text(latest),
    }
}

pub(super) fn busy(name: &SecretName) -> Error {
    Error::Conflict {
        system: SYSTEM,
        name: name.clone(),
        expected: "a moment without other writes".to_owned(),
        found: format!("another change at each of {ATTEMPTS} attempts"),
    }
}

pub(super) fn no_number() -> Error {
    Error::Unexpected {
        system: SYSTEM,
        said: "a version without a number".to_owned(),
    }
}

/// The first 16 bytes of a hash, in hexadecimal.
fn hash(bytes: &[u8]) -> String {
    let digest = digest::digest(&digest::SHA256, bytes);
    hex(digest.as_ref().get(..16).unwrap_or_default())
}

fn random() -> Result<String> {
    let mut bytes = [0; 16];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| Error::Unavailable {
            system: "the operating system's random numbers",
            said: "there are none".to_owned(),
        })?;
    Ok(hex(&bytes))
}
