//! Exposed secrets: each literal that is one, the place it ends up in, and the way between.

mod argument;
mod cloudformation;
mod declared;
mod inside;
mod terraform;
mod text;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::detect::judge::Confidence;
use crate::detect::tokens::Format;
use crate::knowledge::Added;
use crate::resolve::cloudformation::stacks::Stacks;
use crate::resolve::modules::Modules;
use crate::resolve::value::{Hop, HopKind};
use crate::source::span::Span;
use crate::source::{FileId, Kind, SourceFile};

/// Where a literal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In the argument that uses it.
    Argument,
    /// In the default of a variable.
    VariableDefault,
    /// In a variable definitions file.
    Tfvars,
    /// In a local value.
    Local,
    /// In an argument of a module call.
    ModuleInput,
    /// In the value of an output.
    Output,
    /// In the default of a CloudFormation parameter.
    Parameter,
    /// In a CloudFormation mapping.
    Mapping,
    /// In the metadata of a CloudFormation template or resource.
    Metadata,
    /// In a comment.
    Comment,
    /// In text without structure.
    Text,
}

/// What makes the literal a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The format of a token.
    Token(&'static Format),
    /// A private key.
    PrivateKey {
        /// Whether a passphrase protects it.
        encrypted: bool,
    },
    /// The schema of the argument or property.
    Schema,
    /// A credential of a provider block.
    Provider,
    /// A credential of a backend.
    Backend,
    /// A credential of a `connection` block.
    Connection,
    /// An environment variable.
    Environment,
    /// The password of a URL or connection string.
    ConnectionString,
    /// An HTTP header.
    Header,
    /// A command line or an assignment inside a text.
    Script,
    /// The name of the key alone.
    Name,
}

impl PartialEq for Format {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Format {}

/// A secret that stands in a file.
#[derive(Clone, Debug)]
pub struct Exposure {
    /// The file.
    pub file: FileId,
    /// The literal, or the expression that builds it.
    pub at: Span,
    /// The secret itself. Reports show it redacted.
    pub value: String,
    /// Where the literal stands.
    pub origin: Origin,
    /// What makes it a secret.
    pub reason: Reason,
    /// What it ends up in: `aws_db_instance.main.password`.
    pub sink: String,
    /// The type of the resource or block of the sink, and the path below it.
    pub target: (String, String),
    /// Where it is used, where that is another place.
    pub used: Option<(FileId, Span)>,
    /// The way from the literal to the sink.
    pub hops: Vec<Hop>,
    /// How sure.
    pub confidence: Confidence,
    /// A default or a documented example.
    pub weak: bool,
}

impl Exposure {
    /// Of two reasons for one literal, the one that says more counts.
    fn rank(&self) -> u8 {
        match self.reason {
            Reason::PrivateKey { .. } => 9,
            Reason::Token(_) if self.confidence > Confidence::Low => 8,
            Reason::Provider | Reason::Backend | Reason::Connection => 7,
            Reason::Schema => 6,
            Reason::ConnectionString | Reason::Header => 5,
            Reason::Environment => 4,
            Reason::Script => 3,
            Reason::Token(_) => 2,
            Reason::Name => 1,
        }
    }

    /// The origin as the first hop tells it, or the place at hand.
    fn origin_of(first: Option<HopKind>, here: Origin) -> Origin {
        match first {
            Some(HopKind::VariableDefault) => Origin::VariableDefault,
            Some(HopKind::Tfvars) => Origin::Tfvars,
            Some(HopKind::Local) => Origin::Local,
            Some(HopKind::ModuleInput) => Origin::ModuleInput,
            Some(HopKind::ModuleOutput) => Origin::Output,
            Some(HopKind::Parameter) => Origin::Parameter,
            Some(HopKind::Mapping) => Origin::Mapping,
            Some(HopKind::StackOutput) => Origin::Output,
            Some(HopKind::File) => Origin::Text,
            // A literal in the call of a stack is an argument like any other.
            Some(HopKind::StackParameter) => Origin::Argument,
            None => here,
        }
    }
}

/// Exposures of a run, each literal once.
#[derive(Debug, Default)]
pub struct Exposures {
    found: BTreeMap<(FileId, u32), Exposure>,
}

impl Exposures {
    /// Adds an exposure; of several at one place the one that says most is kept.
    fn add(&mut self, exposure: Exposure) {
        // What overlaps is the same secret: the whole value and a token within it.
        let near = self
            .found
            .range(..=(exposure.file, exposure.at.end.saturating_sub(1)))
            .next_back()
            .filter(|((file, _), known)| *file == exposure.file && known.at.end > exposure.at.start)
            .map(|(key, _)| *key);
        let Some(key) = near else {
            self.found
                .insert((exposure.file, exposure.at.start), exposure);
            return;
        };
        let Some(known) = self.found.remove(&key) else {
            return;
        };
        // What tells where the secret is used says more than the place of its declaration.
        let rank = |one: &Exposure| (one.rank(), one.used.is_some());
        let exposure_is_better = rank(&exposure) > rank(&known);
        let (mut best, other) = if exposure_is_better {
            (exposure, known)
        } else {
            (known, exposure)
        };
        if best.sink.is_empty() || matches!(best.reason, Reason::Token(_)) && !other.sink.is_empty()
        {
            best.sink = other.sink;
            best.target = other.target;
            best.origin = other.origin;
            best.hops = other.hops;
            best.used = other.used;
        }
        self.found.insert((best.file, best.at.start), best);
    }

    /// All exposures in the order of files and bytes.
    pub fn into_sorted(self) -> Vec<Exposure> {
        self.found.into_values().collect()
    }
}

/// Notes where the exposures that were found last are used, if they stand elsewhere.
fn note_use(found: &mut [Exposure], file: FileId, at: Span) {
    for exposure in found.iter_mut().filter(|one| !one.hops.is_empty()) {
        exposure.used.get_or_insert((file, at));
    }
}

/// Finds all exposed secrets of a run.
pub fn find<'p>(
    files: &'p [SourceFile],
    modules: &Modules<'p>,
    stacks: &Arc<Stacks<'p>>,
    added: &Added,
) -> Vec<Exposure> {
    use rayon::prelude::*;
    let mut found = Exposures::default();
    let walked: Vec<Vec<Exposure>> = (0..modules.all.len())
        .into_par_iter()
        .map(|index| terraform::walk(files, modules, added, index))
        .collect();
    let single: Vec<Vec<Exposure>> = files
        .par_iter()
        .enumerate()
        .map(|(n, file)| {
            let id = FileId(u32::try_from(n).unwrap_or(u32::MAX));
            let mut exposures = text::scan(id, file, added);
            match file.kind {
                Kind::CloudFormation => exposures.extend(cloudformation::walk(id, file, stacks)),
                Kind::Tfvars => exposures.extend(terraform::walk_values(files, modules, added, id)),
                _ => {}
            }
            exposures
        })
        .collect();
    walked
        .into_iter()
        .chain(single)
        .flatten()
        .for_each(|exposure| found.add(exposure));
    let mut sorted = found.into_sorted();
    sorted.retain(|exposure| !added.allowed.has(&exposure.value));
    sorted
}
