//! What the model remembers, and what each step does to it.

use std::collections::BTreeMap;

use coffer_vault::ErrorKind;

/// A secret as the model remembers it.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// The value, and whether it is enabled; none where it is destroyed.
    pub(super) versions: Vec<Option<(String, bool)>>,
    pub(super) current: Option<usize>,
    pub(super) pending: Option<usize>,
    pub(super) previous: Option<usize>,
    pub(super) deleted: bool,
    pub(super) keep: usize,
    pub(super) tokens: BTreeMap<u8, (usize, String)>,
}

/// How a step ends: what it returns, or the kind of its failure.
pub(super) type End = Result<u64, ErrorKind>;

impl Known {
    pub(super) fn version(&self, number: u64) -> Result<usize, ErrorKind> {
        let at = usize::try_from(number).unwrap();
        if (1..=self.versions.len()).contains(&at) {
            Ok(at)
        } else {
            Err(ErrorKind::NotFound)
        }
    }

    pub(super) fn destroy_old(&mut self) {
        let staged = [self.current, self.pending, self.previous];
        for at in 1..=self.versions.len().saturating_sub(self.keep) {
            if self.keep > 0 && !staged.contains(&Some(at)) {
                self.versions[at - 1] = None;
            }
        }
    }
}

/// What a vault should hold.
#[derive(Default)]
pub(super) struct Model(pub(super) BTreeMap<usize, Known>);

impl Model {
    pub(super) fn live(&mut self, at: usize) -> Result<&mut Known, ErrorKind> {
        match self.0.get_mut(&at) {
            None => Err(ErrorKind::NotFound),
            Some(known) if known.deleted => Err(ErrorKind::Unreadable),
            Some(known) => Ok(known),
        }
    }

    pub(super) fn put(
        &mut self,
        at: usize,
        value: &str,
        pending: bool,
        expect: Option<u64>,
        token: Option<u8>,
    ) -> End {
        if self.0.get(&at).is_some_and(|known| known.deleted) {
            return Err(ErrorKind::Unreadable);
        }
        let latest = self.0.get(&at).map(|known| known.versions.len() as u64);
        if let (Some(known), Some(token)) = (self.0.get(&at), token)
            && let Some((version, stored)) = known.tokens.get(&token)
        {
            // A destroyed value cannot be compared any more.
            let is_same = known.versions[version - 1].is_none() || stored == value;
            return if is_same {
                Ok(*version as u64)
            } else {
                Err(ErrorKind::Conflict)
            };
        }
        let holds = match expect {
            None => true,
            Some(0) => latest.is_none(),
            Some(version) => latest == Some(version),
        };
        if !holds {
            return Err(ErrorKind::Conflict);
        }
        let known = self.0.entry(at).or_default();
        known.versions.push(Some((value.to_owned(), true)));
        let number = known.versions.len();
        if pending {
            known.pending = Some(number);
        } else {
            known.previous = known.current;
            known.current = Some(number);
        }
        if let Some(token) = token {
            known.tokens.insert(token, (number, value.to_owned()));
        }
        known.destroy_old();
        Ok(number as u64)
    }

    pub(super) fn promote(&mut self, at: usize, version: u64) -> End {
        let known = self.live(at)?;
        let number = known.version(version)?;
        match &known.versions[number - 1] {
            Some((_, true)) => {}
            _ => return Err(ErrorKind::Unreadable),
        }
        if known.current != Some(number) {
            known.previous = known.current;
            known.current = Some(number);
            if known.pending == Some(number) {
                known.pending = None;
            }
            known.destroy_old();
        }
        Ok(version)
    }

    pub(super) fn enable(&mut self, at: usize, version: u64, enabled: bool) -> End {
        let known = self.live(at)?;
        let number = known.version(version)?;
        match &mut known.versions[number - 1] {
            Some((_, is)) => *is = enabled,
            None => return Err(ErrorKind::Unreadable),
        }
        Ok(version)
    }

    pub(super) fn destroy(&mut self, at: usize, version: u64) -> End {
        let known = self.0.get_mut(&at).ok_or(ErrorKind::NotFound)?;
        let number = known.version(version)?;
        known.versions[number - 1] = None;
        for stage in [&mut known.current, &mut known.pending, &mut known.previous] {
            if *stage == Some(number) {
                *stage = None;
            }
        }
        Ok(version)
    }
}
