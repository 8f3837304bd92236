//! The table of token formats.

use std::sync::{LazyLock, OnceLock};

use aho_corasick::{AhoCorasick, MatchKind};
use regex::bytes::{Regex, RegexBuilder};

use super::judge::Confidence;

/// A token format.
#[derive(Debug)]
pub struct Format {
    /// Stable name.
    pub id: &'static str,
    /// Whose token it is.
    pub service: &'static str,
    /// `critical`, `high`, `medium` or `low`.
    pub severity: &'static str,
    /// Words of which one must stand near, where the shape alone is ambiguous.
    pub context: Vec<&'static str>,
    pub(super) confidence: Confidence,
    /// The pattern, in ASCII.
    pub pattern: &'static str,
    compiled: OnceLock<Option<Regex>>,
    pub(super) checksum: &'static str,
    pub(super) examples: Vec<&'static str>,
    /// Whether the format starts with its marker.
    pub(super) anchored: bool,
}

/// All formats, and what finds them.
pub(super) struct Table {
    pub(super) formats: Vec<Format>,
    /// Finds prefixes and markers.
    pub(super) finder: Option<AhoCorasick>,
    /// Format of each pattern of the finder.
    pub(super) of_pattern: Vec<usize>,
    /// Finds the names of services whose tokens have nothing to be known by.
    pub(super) context_finder: Option<AhoCorasick>,
    /// Format of each pattern of the context finder.
    pub(super) of_context: Vec<usize>,
}

pub(super) static TABLE: LazyLock<Table> = LazyLock::new(load);

fn load() -> Table {
    let mut formats = Vec::new();
    let (mut markers, mut of_pattern) = (Vec::new(), Vec::new());
    let (mut contexts, mut of_context) = (Vec::new(), Vec::new());
    let tables = [
        include_str!("../knowledge/data/tokens.tsv"),
        include_str!("../knowledge/data/tokens_by_hand.tsv"),
    ];
    for line in tables.into_iter().flat_map(str::lines) {
        let cells: Vec<&'static str> = line.split('\t').collect();
        let [
            id,
            service,
            severity,
            confidence,
            context,
            prefixes,
            inner,
            pattern,
            checksum,
            examples,
        ] = cells.as_slice()
        else {
            continue;
        };
        let words = |cell: &'static str, by: char| -> Vec<&'static str> {
            cell.split(by).filter(|word| !word.is_empty()).collect()
        };
        let prefixes = words(prefixes, ' ');
        // Two capitals are enough where nothing else is asked for: `SK` before 32 digits.
        let is_marked = |prefix: &&str| {
            prefix.len() >= 3
                || context.is_empty()
                    && prefix.len() == 2
                    && prefix.bytes().all(|byte| byte.is_ascii_uppercase())
        };
        let anchored = !prefixes.is_empty() && prefixes.iter().all(is_marked);
        let inner: Vec<_> = words(inner, ' ')
            .into_iter()
            .filter(|m| m.len() >= 3)
            .collect();
        let chosen = if anchored { prefixes } else { inner };
        let context = words(context, ',');
        if chosen.is_empty() {
            for word in context.iter().filter(|word| !is_common(word)) {
                contexts.push(*word);
                of_context.push(formats.len());
            }
        }
        for marker in chosen {
            markers.push(marker);
            of_pattern.push(formats.len());
        }
        formats.push(Format {
            id,
            service,
            severity,
            context,
            confidence: match *confidence {
                "high" => Confidence::High,
                "medium" => Confidence::Medium,
                _ => Confidence::Low,
            },
            pattern,
            compiled: OnceLock::new(),
            checksum,
            examples: words(examples, ' '),
            anchored,
        });
    }
    let finder = AhoCorasick::builder()
        .match_kind(MatchKind::Standard)
        .build(&markers)
        .ok();
    let context_finder = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(&contexts)
        .ok();
    Table {
        formats,
        finder,
        of_pattern,
        context_finder,
        of_context,
    }
}

/// Words that stand next to the secrets of every service.
fn is_common(word: &str) -> bool {
    word.len() < 4
        || matches!(
            word.to_ascii_lowercase().as_str(),
            "client_secret"
                | "access_key"
                | "admin_key"
                | "private_key"
                | "storage"
                | "azure"
                | "google"
                | "cookie"
                | "session"
                | "secret_key"
                | "application_key"
                | "password"
                | "token"
                | "app_client"
                | "fixed"
                | "conda"
                | "akia"
                | "asia"
                | "api_key"
        )
}

impl Format {
    /// A format of a configuration; its pattern is kept elsewhere.
    pub(super) fn own(id: &str, service: &str, severity: &'static str) -> Self {
        Self {
            id: Box::leak(id.to_owned().into_boxed_str()),
            service: Box::leak(service.to_owned().into_boxed_str()),
            severity,
            context: Vec::new(),
            confidence: Confidence::Medium,
            pattern: "",
            compiled: OnceLock::new(),
            checksum: "",
            examples: Vec::new(),
            anchored: false,
        }
    }

    /// The pattern, compiled when it is first needed.
    pub(super) fn regex(&self) -> Option<&Regex> {
        self.compiled
            .get_or_init(|| {
                let pattern = if self.anchored {
                    format!("^{}", self.pattern)
                } else {
                    self.pattern.to_owned()
                };
                RegexBuilder::new(&pattern)
                    .unicode(false)
                    .size_limit(8 << 20)
                    .build()
                    .ok()
            })
            .as_ref()
    }
}
