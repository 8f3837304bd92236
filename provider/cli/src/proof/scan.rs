//! One pass over an input of any size, in constant memory.

use std::io::{self, Read};

use zeroize::Zeroizing;

use super::Hit;
use super::needles::{ANCHOR, Needle, Needles, word};

/// How much is read at a time.
const CHUNK: usize = 1 << 20;

/// Searches `input` to its end and gives each hit to `found`. Returns how many bytes there were.
pub(super) fn scan(
    needles: &Needles,
    mut input: impl Read,
    found: &mut dyn FnMut(Hit),
) -> io::Result<u64> {
    let mut window = Window::default();
    loop {
        let at_end = window.fill(&mut input)? == 0;
        window.search(needles, at_end, found);
        if at_end {
            return Ok(window.base.saturating_add(as_u64(window.bytes.len())));
        }
        window.forget(needles.longest);
    }
}

/// The part of the input that is in memory.
#[derive(Default)]
struct Window {
    bytes: Zeroizing<Vec<u8>>,
    /// Where it begins in the input.
    base: u64,
    /// The next place at which an anchor is looked for.
    next: usize,
    /// The line breaks before `counted`.
    lines: u64,
    counted: usize,
}

impl Window {
    /// Reads on; 0 at the end.
    fn fill(&mut self, input: &mut impl Read) -> io::Result<usize> {
        let limit = u64::try_from(CHUNK).unwrap_or(u64::MAX);
        input.by_ref().take(limit).read_to_end(&mut self.bytes)
    }

    /// Looks at every place at which a needle would be in memory as a whole.
    fn search(&mut self, needles: &Needles, at_end: bool, found: &mut dyn FnMut(Hit)) {
        let behind = if at_end {
            ANCHOR
        } else {
            needles.longest.max(ANCHOR)
        };
        let Some(end) = self.bytes.len().checked_sub(behind) else {
            return;
        };
        let mut hits: Vec<(usize, usize)> = Vec::new();
        for (at, eight) in self
            .bytes
            .windows(ANCHOR)
            .enumerate()
            .take(end.saturating_add(1))
            .skip(self.next)
        {
            let Some(anchor) = word(eight, 0).filter(|anchor| needles.may_hold(*anchor)) else {
                continue;
            };
            for (owner, needle) in needles.with_anchor(anchor) {
                if let Some(begin) = at.checked_sub(needle.anchor)
                    && self.has(needle, begin)
                {
                    hits.push((begin, owner));
                }
            }
        }
        self.next = end.saturating_add(1);
        hits.sort_unstable();
        for (begin, owner) in hits {
            if let Some(needle) = needles.all.get(owner) {
                let line = self.line_of(begin);
                found(Hit {
                    value: needle.value,
                    form: needle.form,
                    offset: self.base.saturating_add(as_u64(begin)),
                    line,
                });
            }
        }
    }

    fn has(&self, needle: &Needle, begin: usize) -> bool {
        let rest = self.bytes.get(begin..);
        rest.is_some_and(|rest| rest.starts_with(needle.bytes.danger_expose()))
    }

    /// The line of the byte at `at`, from 1.
    fn line_of(&mut self, at: usize) -> u64 {
        if at >= self.counted {
            self.count_to(at);
            self.lines.saturating_add(1)
        } else {
            // A hit that begins before the one that was told last.
            let between = breaks(self.bytes.get(at..self.counted));
            self.lines.saturating_sub(between).saturating_add(1)
        }
    }

    fn count_to(&mut self, at: usize) {
        self.lines = self
            .lines
            .saturating_add(breaks(self.bytes.get(self.counted..at)));
        self.counted = at;
    }

    /// Drops what no needle can begin in any more.
    fn forget(&mut self, longest: usize) {
        let done = self.next.saturating_sub(longest).min(self.bytes.len());
        if done > self.counted {
            self.count_to(done);
        }
        self.bytes.drain(..done);
        self.base = self.base.saturating_add(as_u64(done));
        self.next = self.next.saturating_sub(done);
        self.counted = self.counted.saturating_sub(done);
    }
}

fn breaks(bytes: Option<&[u8]>) -> u64 {
    let breaks = bytes
        .unwrap_or_default()
        .iter()
        .filter(|byte| **byte == b'\n');
    as_u64(breaks.count())
}

fn as_u64(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::Form;
    use super::*;

    /// Gives a few bytes at a time, as a pipe may.
    struct Trickle<'a>(&'a [u8], usize);

    impl Read for Trickle<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(buffer.len());
            let (now, rest) = self.0.split_at(count);
            buffer[..count].copy_from_slice(now);
            self.0 = rest;
            Ok(count)
        }
    }

    fn hits(values: &[&str], input: &[u8]) -> Vec<Hit> {
        let needles = Needles::new(values.iter().map(|value| value.as_bytes()));
        let mut found = Vec::new();
        let read = scan(&needles, Trickle(input, 7000), &mut |hit| found.push(hit)).unwrap();
        assert_eq!(read, input.len() as u64);
        found
    }

    #[test]
    fn tells_where_each_hit_is() {
        let found = hits(
            &["only-for-tests", "for-tests-only"],
            b"a\nb only-for-tests-only\n",
        );
        let hit = |value, offset| Hit {
            value,
            form: Form::Plain,
            offset,
            line: 2,
        };
        assert_eq!(found, [hit(0, 4), hit(1, 9)]);
        assert_eq!(hits(&["only-for-tests"], b""), []);
        assert_eq!(hits(&["only-for-tests"], b"only-for-test"), []);
        assert_eq!(hits(&[], b"only-for-tests"), []);
    }

    #[test]
    fn a_value_is_found_wherever_the_reader_cuts_the_input() {
        let value = "only-for-tests-0123456789";
        let length = 2 * CHUNK + 5000;
        for at in [
            0,
            CHUNK - 30,
            CHUNK - 13,
            CHUNK - 1,
            CHUNK,
            2 * CHUNK - 5,
            length - value.len(),
        ] {
            let mut input = vec![b'\n'; length];
            input[at..at + value.len()].copy_from_slice(value.as_bytes());
            let found = hits(&[value, "something-else"], &input);
            let expected = Hit {
                value: 0,
                form: Form::Plain,
                offset: at as u64,
                line: at as u64 + 1,
            };
            assert_eq!(found, [expected], "at {at}");
        }
    }
}
