//! Terraform: arguments, data sources, generators, provider and backend settings.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{Place, place};

/// What is known of an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    /// Reviewed: it holds a secret.
    Secret,
    /// It may hold one: the value decides.
    Maybe,
    /// Reviewed: it only sounds like one.
    NotSecret,
}

/// A row of the argument table.
#[derive(Debug)]
pub struct ArgumentFacts {
    /// Whether it is a secret.
    pub verdict: Argument,
    /// Whether the provider never stores it.
    pub write_only: bool,
    /// Whether it cannot be set.
    pub computed: bool,
    /// The write-only argument to use instead; empty where there is none.
    pub twin: &'static str,
    /// First provider version that has the twin; empty where unknown.
    pub since: &'static str,
}

/// A data source or resource that stores a secret in state.
#[derive(Debug)]
pub struct Storing {
    /// Attributes that hold the secret.
    pub attributes: Vec<&'static str>,
    /// The ephemeral resource to use instead; empty where there is none.
    pub ephemeral: &'static str,
    /// First provider version of the ephemeral resource.
    pub since: &'static str,
    /// Advice in words.
    pub advice: &'static str,
}

/// A credential of a provider or backend block.
#[derive(Debug)]
pub struct Setting {
    /// Path of the argument.
    pub path: &'static str,
    /// The environment variable to use instead; may be empty.
    pub variable: &'static str,
    /// What is better still; may be empty.
    pub better: &'static str,
}

type Arguments = HashMap<&'static str, Vec<(&'static str, ArgumentFacts)>>;

static ARGUMENTS: LazyLock<Arguments> = LazyLock::new(|| {
    let mut table = Arguments::new();
    for line in include_str!("data/terraform_arguments.tsv").lines() {
        let mut cells = line.split('\t');
        let (Some(of), Some(path), Some(flags)) = (cells.next(), cells.next(), cells.next()) else {
            continue;
        };
        let facts = ArgumentFacts {
            verdict: match flags.as_bytes().first() {
                Some(b's') => Argument::Secret,
                Some(b'm') => Argument::Maybe,
                _ => Argument::NotSecret,
            },
            write_only: flags.contains('w'),
            computed: flags.contains('c'),
            twin: cells.next().unwrap_or_default(),
            since: cells.next().unwrap_or_default(),
        };
        table.entry(of).or_default().push((path, facts));
    }
    table
});

static PLACES: LazyLock<HashMap<&'static str, Vec<Place>>> = LazyLock::new(|| {
    let mut table: HashMap<_, Vec<Place>> = HashMap::new();
    for (of, row) in include_str!("data/terraform_places.tsv")
        .lines()
        .filter_map(place)
    {
        table.entry(of).or_default().push(row);
    }
    table
});

/// A table by mark and name.
type Marked<T> = HashMap<char, HashMap<&'static str, T>>;

static SOURCES: LazyLock<Marked<Storing>> = LazyLock::new(|| {
    let mut table = Marked::<Storing>::new();
    for line in include_str!("data/terraform_sources.tsv").lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        let [mark, of, attributes, ephemeral, since, advice] = cells.as_slice() else {
            continue;
        };
        let storing = Storing {
            attributes: attributes
                .split(',')
                .filter(|name| !name.is_empty())
                .collect(),
            ephemeral,
            since,
            advice,
        };
        table
            .entry(mark.chars().next().unwrap_or_default())
            .or_default()
            .insert(*of, storing);
    }
    table
});

static SETTINGS: LazyLock<Marked<Vec<Setting>>> = LazyLock::new(|| {
    let mut table = Marked::<Vec<Setting>>::new();
    for line in include_str!("data/terraform_settings.tsv").lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        let [mark, of, path, variable, better] = cells.as_slice() else {
            continue;
        };
        let rows = table
            .entry(mark.chars().next().unwrap_or_default())
            .or_default();
        rows.entry(*of).or_default().push(Setting {
            path,
            variable,
            better,
        });
    }
    table
});

/// The first provider version in words, for help texts; `None` where it is not known.
pub fn since_words(since: &str) -> Option<String> {
    match since.strip_prefix("<=") {
        Some(seen) => Some(format!("provider {seen}, perhaps earlier")),
        None if since.is_empty() => None,
        None => Some(format!("provider {since} and later")),
    }
}

/// What is known of an argument of a resource or data source; the path joins blocks with dots.
pub fn argument(of: &str, path: &str) -> Option<&'static ArgumentFacts> {
    let rows = ARGUMENTS.get(of)?;
    rows.iter()
        .find(|(known, _)| *known == path)
        .map(|(_, facts)| facts)
}

/// The place of a resource that the path belongs to.
pub fn place_of(of: &str, path: &str) -> Option<&'static Place> {
    let rows = PLACES.get(of)?;
    rows.iter().find(|row| {
        path.strip_prefix(row.path)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    })
}

/// What is known of a data source that stores secrets.
pub fn storing_data_source(of: &str) -> Option<&'static Storing> {
    SOURCES.get(&'d')?.get(of)
}

/// What is known of a resource that generates a secret.
pub fn generator(of: &str) -> Option<&'static Storing> {
    SOURCES.get(&'g')?.get(of)
}

/// A credential of a provider block.
pub fn provider_setting(provider: &str, path: &str) -> Option<&'static Setting> {
    find_setting('p', provider, path)
}

/// A credential of a backend.
pub fn backend_setting(backend: &str, path: &str) -> Option<&'static Setting> {
    find_setting('b', backend, path)
}

/// A credential of a `connection` block.
pub fn connection_setting(path: &str) -> Option<&'static Setting> {
    find_setting('c', "connection", path)
}

fn find_setting(mark: char, of: &str, path: &str) -> Option<&'static Setting> {
    SETTINGS
        .get(&mark)?
        .get(of)?
        .iter()
        .find(|setting| setting.path == path)
}
