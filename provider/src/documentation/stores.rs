//! The page that compares the stores, made from what each says of itself.

use coffer_backend::{Capabilities, STORE_KINDS, Support, from_environment};

use super::guide_front_matter;

/// What a row is called, and where it stands in the capabilities.
type Row = (&'static str, fn(&Capabilities) -> Support);

const ROWS: &[Row] = &[
    ("writing", |it| it.write),
    ("values that are not text", |it| it.binary),
    ("older versions", |it| it.versions),
    ("stages `pending` and `previous`", |it| it.stages),
    ("writes that notice other writers", |it| it.compare_and_set),
    ("writes that can be repeated", |it| it.idempotency),
    ("disabling a version", |it| it.disable),
    ("destroying a version", |it| it.destroy),
    ("restoring a deleted secret", |it| it.recoverable_delete),
    ("expiry of a version", |it| it.expiry),
    ("description", |it| it.description),
    ("labels", |it| it.labels),
    ("state of rotations and copies", |it| it.annotations),
    ("`versions_to_keep`", |it| it.versions_to_keep),
    ("many values in one request", |it| it.batch_read),
    ("names by prefix", |it| it.list),
];

/// The stores' names in the table's head.
fn title(kind: &str) -> &str {
    match kind {
        "local" => "embedded vault",
        "vault" => "Vault, OpenBao",
        "aws" => "AWS Secrets Manager",
        "ssm" => "AWS Parameter Store",
        "azure" => "Azure",
        "google" => "Google",
        "env" => "environment",
        other => other,
    }
}

/// How the provider has it.
fn block(kind: &str) -> &str {
    match kind {
        "ssm" => "aws { service = \"ssm\" }",
        other => other,
    }
}

/// The stores that there are, with what they can do.
fn stores() -> Vec<(&'static str, Capabilities)> {
    STORE_KINDS
        .iter()
        // A service of the block `aws`.
        .flat_map(|kind| std::iter::once(kind).chain((*kind == "aws").then_some(&"ssm")))
        .filter_map(|kind| match *kind {
            "local" => Some((*kind, Capabilities::ALL)),
            kind => from_environment(kind).map(|store| (kind, store.capabilities())),
        })
        .collect()
}

/// The page.
pub(super) fn page() -> String {
    let stores = stores();
    let mut page = guide_front_matter(
        "What each store keeps",
        "One configuration works with every store; what a system cannot keep is an error that says so.",
    );
    page.push_str(
        "# What each store keeps\n\n\
         The objects are the same with every store, and so are the names of their arguments. What a system has by itself is \
         \"yes\"; what coffer keeps there in tags or metadata, which other programs do not read that way, is \"kept by coffer\"; \
         asking for the rest is an error that says what to do instead.\n\n",
    );
    let kinds: Vec<_> = stores.iter().map(|(kind, _)| *kind).collect();
    page.push_str(&line("", kinds.iter().map(|kind| title(kind).to_owned())));
    page.push_str(&line("---", kinds.iter().map(|_| "---".to_owned())));
    page.push_str(&line(
        "block",
        kinds.iter().map(|kind| format!("`{}`", block(kind))),
    ));
    for (name, support) in ROWS {
        let cells = stores
            .iter()
            .map(|(_, can)| support(can).as_str().to_owned());
        page.push_str(&line(name, cells));
    }
    let largest = stores.iter().map(|(_, can)| {
        can.max_value_bytes
            .map_or("no limit".to_owned(), |bytes| format!("{bytes} bytes"))
    });
    page.push_str(&line("largest value", largest));
    page.push_str(
        "\n`coffer migrate` moves secrets between them, with versions, numbers and stages.\n",
    );
    page
}

fn line(head: &str, cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<_> = cells.collect();
    format!("| {head} | {} |\n", cells.join(" | "))
}
