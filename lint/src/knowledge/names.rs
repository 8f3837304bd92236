//! What the name of an argument, variable or key says about its value.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

/// What kind of secret a name promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameKind {
    /// A key that may be an identifier: `access_key`.
    Key,
    /// A token or API key.
    Token,
    /// A secret of an unknown kind; often the name of one.
    Secret,
    /// A password: even a common word is one.
    Password,
}

static STEMS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let stems = [
        "pass", "pwd", "pw", "psk", "secret", "token", "key", "auth", "cred", "jwt", "bearer",
        "string",
    ];
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(stems)
        .ok()
});

/// The longest name that is looked at; longer ones are text, not names.
const MAX_NAME: usize = 96;

/// What the name promises; `None` where it promises nothing.
pub fn kind(name: &str) -> Option<NameKind> {
    if name.eq_ignore_ascii_case("pw") {
        return Some(NameKind::Password);
    }
    if name.len() > MAX_NAME || name.len() < 3 {
        return None;
    }
    // Most names promise nothing: this look costs less than taking them apart.
    if !STEMS.as_ref().is_some_and(|stems| stems.is_match(name)) {
        return None;
    }
    let words = words(name);
    if is_loud_password(name, &words) {
        return Some(NameKind::Password);
    }
    let mut head = words.as_slice();
    while let Some((last, rest)) = head.split_last() {
        let is_number = last.bytes().all(|byte| byte.is_ascii_digit());
        if (NEUTRAL.contains(&last.as_str()) || is_number) && !rest.is_empty() {
            head = rest;
        } else {
            break;
        }
    }
    let (last, before) = head.split_last()?;
    let previous = before.last().map_or("", String::as_str);
    let has = |word: &str| before.iter().any(|w| w == word);
    if PREVENTS.iter().any(|word| has(word)) {
        return None;
    }
    match last.as_str() {
        "password" | "passwd" | "passphrase" | "passwords" | "passcode" | "userpassword"
        | "dbpassword" | "rootpassword" | "adminpassword" | "userpass" | "dbpass" => {
            Some(NameKind::Password)
        }
        "pass" | "pwd" | "pw" | "psk" if !matches!(previous, "by" | "pass" | "multi" | "first") => {
            Some(NameKind::Password)
        }
        "secret" if matches!(previous, "client" | "consumer" | "shared" | "app") => {
            Some(NameKind::Password)
        }
        "secret"
            if !matches!(
                previous,
                "pull" | "existing" | "use" | "tls" | "create" | "is"
            ) =>
        {
            Some(NameKind::Secret)
        }
        "clientsecret" | "secretkey" | "secretstring" | "sharedsecret" | "appsecret" => {
            Some(NameKind::Secret)
        }
        "token"
            if !matches!(
                previous,
                "next" | "page" | "continuation" | "design" | "csrf"
            ) =>
        {
            Some(NameKind::Token)
        }
        "apikey" | "authtoken" | "accesstoken" | "apitoken" | "privatekey" | "accesskey"
        | "authkey" | "bearer" | "jwt" => Some(NameKind::Token),
        "key" => key(previous),
        "auth"
            if before
                .iter()
                .any(|w| matches!(w.as_str(), "redis" | "requirepass")) =>
        {
            Some(NameKind::Password)
        }
        "requirepass" | "pgpassword" | "masterauth" => Some(NameKind::Password),
        "credential" | "credentials" if !before.is_empty() => Some(NameKind::Key),
        _ => None,
    }
}

/// An environment variable with a password in its name, whatever follows: `DB_PASSWORD_LEGACY`.
fn is_loud_password(name: &str, words: &[String]) -> bool {
    let loud = name.contains('_') && !name.bytes().take(3).any(|byte| byte.is_ascii_lowercase());
    let at = words
        .iter()
        .position(|word| word == "password" || word == "passwd");
    loud && at.is_some_and(|at| {
        words
            .get(at + 1..)
            .unwrap_or_default()
            .iter()
            .all(|word| !ABOUT.contains(&word.as_str()))
    })
}

/// Words behind a secret that say that the value is about it.
const ABOUT: &[&str] = &[
    "name",
    "file",
    "path",
    "arn",
    "id",
    "url",
    "uri",
    "length",
    "policy",
    "type",
    "version",
    "enabled",
    "ttl",
    "age",
    "days",
    "hash",
    "field",
    "key",
    "ref",
    "manager",
    "rotation",
    "secret",
    "authentication",
    "auth",
    "algorithm",
    "prefix",
    "suffix",
    "location",
    "store",
    "param",
    "parameter",
    "reset",
    "encoder",
    "encryption",
    "method",
    "validator",
    "from",
    "source",
    "mode",
];

fn key(previous: &str) -> Option<NameKind> {
    match previous {
        "shared" | "preshared" => Some(NameKind::Password),
        "private" | "secret" | "signing" | "encryption" | "hmac" | "jwt" | "fernet" | "session"
        | "cookie" => Some(NameKind::Token),
        "access" | "storage" | "master" | "primary" | "client" | "api" | "auth" | "license"
        | "app" | "application" | "account" => Some(NameKind::Key),
        _ => None,
    }
}

/// Words at the end of a name that do not change what it is.
const NEUTRAL: &[&str] = &[
    "value",
    "base",
    "plain",
    "plaintext",
    "default",
    "wo",
    "new",
    "old",
    "current",
    "initial",
    "base64",
    "b64",
    "literal",
    "override",
    "prod",
    "dev",
    "staging",
    "text",
    "param",
    "parameter",
    "var",
];

/// Words that say that the name is about secrets, not one of them.
const PREVENTS: &[&str] = &[
    "public", "enable", "enabled", "disable", "disabled", "has", "require", "required", "allow",
    "generate", "manage", "rotate", "reset", "force", "min", "max", "minimum", "skip", "ignore",
    "num", "number", "store", "iam", "expire",
];

/// The words of an identifier, in lower case.
pub fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut before = ' ';
    let mut chars = name.chars().peekable();
    while let Some(c) = chars.next() {
        let after_lower = before.is_ascii_lowercase() || before.is_ascii_digit();
        let starts_word = c.is_ascii_uppercase()
            && (after_lower
                || (before.is_ascii_uppercase()
                    && chars.peek().is_some_and(char::is_ascii_lowercase)));
        if (!c.is_alphanumeric() || starts_word) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// Whether the words of a text speak of secrets: `db-password` is the name of one.
pub fn mentions_secret(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    [
        "password",
        "passwd",
        "passphrase",
        "secret",
        "token",
        "credential",
        "key",
        "creds",
    ]
    .iter()
    .any(|word| lower.contains(word))
}

/// Whether the name is that of a plain setting: a user, a host, a name.
pub fn is_setting(name: &str) -> bool {
    let words = words(name);
    match words.last().map_or("", String::as_str) {
        "username" | "user" | "name" | "host" | "hostname" | "port" | "endpoint" | "database"
        | "fqdn" | "address" | "server" | "region" | "id" => true,
        // `administrator_login` is a user; `login` alone may be anything.
        "login" => words.len() > 1,
        _ => false,
    }
}

/// Whether the text under this name is prose for people.
pub fn is_prose(name: &str) -> bool {
    let words = words(name);
    matches!(
        words.last().map(String::as_str),
        Some(
            "description"
                | "comment"
                | "comments"
                | "title"
                | "summary"
                | "message"
                | "label"
                | "readme"
                | "documentation"
                | "note"
                | "notes"
                | "warning"
                | "hint"
                | "prose"
        )
    ) || name.ends_with("ErrorMessage")
        || name == "error_message"
        || name == "AllowedPattern"
}
