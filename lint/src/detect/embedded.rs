//! Secrets inside a text: URLs and connection strings, headers, command lines, assignments.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::{Captures, Regex, RegexBuilder};

use super::commands;
use super::judge::{Strength, Verdict, judge};
use crate::knowledge::names::{self, NameKind};
use crate::resolve::value::HOLE;

/// What kind of text holds the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The password of a URL or of a list of `key=value;` pairs.
    ConnectionString,
    /// An HTTP header.
    Header,
    /// An argument of a command.
    Command,
    /// `name = value`, in the manner of a shell, INI, YAML or JSON.
    Assignment,
}

/// A secret inside a text.
#[derive(Debug)]
pub struct Embedded {
    /// Its bytes.
    pub range: Range<usize>,
    /// What holds it.
    pub form: Form,
    /// The name or option that it stands under.
    pub name: String,
    /// The verdict; always [`Verdict::Secret`].
    pub verdict: Verdict,
}

/// A pattern that cannot be wrong: tests compile each.
pub(super) fn compile(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(pattern)
        .unicode(false)
        .size_limit(16 << 20)
        .build()
        .ok()
}

macro_rules! pattern {
    ($name:ident, $pattern:expr) => {
        static $name: LazyLock<Option<Regex>> =
            LazyLock::new(|| crate::detect::embedded::compile($pattern));
    };
}
pub(super) use pattern;

// Groups named `v` hold the value, `n` the name.
pattern!(
    URL,
    r#"[A-Za-z][A-Za-z0-9+.\-]{1,20}://(?P<n>[^\s/@:"'<>\\]{0,64}):(?P<v>[^\s/@"'<>\\]{1,128})@[A-Za-z0-9\[$\xEF]"#
);
// `https://TOKEN@host`: no user, only a token.
pattern!(
    TOKEN_URL,
    r#"https?://(?P<v>[A-Za-z0-9_\-]{20,255})@(?P<n>[A-Za-z0-9.\-]{3,255})"#
);
pattern!(
    PAIRS,
    r#"(?i)(?:^|[;"'\s])(?P<n>password|pwd|accountkey|sharedaccesskey|sharedsecret|accesskey|secretkey|secret)\s*=\s*(?P<v>[^;"'\s]{2,256})\s*(?:;|"|'|$)"#
);
pattern!(BASIC, r#"(?i)\bbasic[ \t]+(?P<v>[A-Za-z0-9+/]{8,}={0,2})"#);
pattern!(
    BEARER,
    r#"(?i)\bbearer[ \t]+(?P<v>[A-Za-z0-9._~+/\-]{16,}=*)"#
);
pattern!(
    XML,
    r#"<(?P<n>[A-Za-z_][A-Za-z0-9_.\-]{2,40})>\s{0,8}(?:<[Vv]alue>)?(?P<v>[^<>\s]{3,128})</"#
);
pattern!(
    SET_VARIABLE,
    r#"(?i)\b(?:SetEnvironmentVariable|define|setenv)\(\s*["'](?P<n>[A-Za-z_][A-Za-z0-9_]{2,80})["']\s*,\s*["'](?P<v>[^"'\n$]{3,256})["']"#
);
pattern!(
    NAME_VALUE,
    r#"(?i)"(?:name|key|parameterkey)"\s*[:=]\s*"(?P<n>[A-Za-z0-9_.\-]{3,80})"\s*,\s*"(?:value|parametervalue)"\s*[:=]\s*"(?P<v>[^"\n]{1,512})""#
);
pattern!(
    VALUE_NAME,
    r#"(?i)"value"\s*[:=]\s*"(?P<v>[^"\n]{1,512})"\s*,\s*"(?:name|key)"\s*[:=]\s*"(?P<n>[A-Za-z0-9_.\-]{3,80})""#
);
pattern!(
    QUOTED_SINGLE,
    r#"(?P<n>[A-Za-z_][A-Za-z0-9_.\-]{2,80})["']?\]?[ \t]{0,16}(?:=>|[:=])[ \t]{0,16}'(?P<v>[^'\n\\]{1,512})'"#
);
pattern!(
    QUOTED_DOUBLE,
    r#"(?P<n>[A-Za-z_][A-Za-z0-9_.\-]{2,80})\\?["']?\]?[ \t]{0,16}(?:=>|[:=])[ \t]{0,16}\\?"(?P<v>[^"\n\\]{1,512})\\?""#
);
pattern!(
    BARE,
    r#"(?m)(?:^|[\s;&|?"'])(?:export\s+|set\s+|setx\s+|ENV\s+|-e\s+|\$env:|-D)?(?P<n>[A-Za-z_][A-Za-z0-9_.\-]{2,80})(?P<s>=|[ \t]{1,24}=[ \t]{1,16}|:[ \t]{1,8})(?P<v>[^\s"'`;,&|<>()\{\}\[\]#]{3,256})(?P<e>[\s"';&|]|$)"#
);

/// Words of which one stands in every text that is worth a closer look.
const WORDS: &[&str] = &[
    "pass",
    "pwd",
    "secret",
    "token",
    "key",
    "auth",
    "basic ",
    "bearer ",
    "://",
    "net user",
    "/user:",
    "-p",
    "-u ",
    "psk",
    "jwt",
    "identified",
    "redis-cli",
    "rabbitmqctl",
    "ldap",
    "cred",
    "@",
];

static PREFILTER: LazyLock<Option<aho_corasick::AhoCorasick>> = LazyLock::new(|| {
    aho_corasick::AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(WORDS)
        .ok()
});

/// All secrets of a text. `prose` texts are searched for URLs alone.
pub fn find(text: &str, prose: bool) -> Vec<Embedded> {
    let mut found = Vec::new();
    let worthwhile = PREFILTER.as_ref().is_some_and(|words| words.is_match(text));
    if text.len() < 6 || !worthwhile {
        return found;
    }
    if text.contains("://") {
        each(&URL, text, |captures| url(text, captures, &mut found));
        each(&TOKEN_URL, text, |captures| {
            let (range, value) = group(text, captures, "v");
            let (_, host) = group(text, captures, "n");
            // The key in the address of Sentry only lets send.
            if !host.contains("sentry") {
                let verdict = judge(value, Strength::Named(NameKind::Token), "url");
                push(&mut found, range, Form::ConnectionString, "token", verdict);
            }
        });
    }
    if prose {
        return found;
    }
    headers(text, &mut found);
    if text.contains(';') || text.contains("password=") {
        each(&PAIRS, text, |captures| pairs(text, captures, &mut found));
    }
    commands::find(text, &mut found);
    for pattern in [
        &NAME_VALUE,
        &VALUE_NAME,
        &QUOTED_SINGLE,
        &QUOTED_DOUBLE,
        &XML,
        &SET_VARIABLE,
    ] {
        each(pattern, text, |captures| {
            assignment(text, captures, true, &mut found)
        });
    }
    // What ends one assignment may begin the next one: `a=1&b=2`.
    let mut from = 0;
    while let Some(captures) = BARE
        .as_ref()
        .and_then(|bare| bare.captures_at(text.as_bytes(), from))
    {
        from = captures.name("v").map_or(text.len(), |value| value.end());
        assignment(text, &captures, false, &mut found);
    }
    found.sort_by_key(|one| (one.range.start, std::cmp::Reverse(one.range.end)));
    let mut end = 0;
    found.retain(|one| {
        let keep = one.range.start >= end;
        end = end.max(one.range.end);
        keep
    });
    found
}

/// `user:password` under a name like `admin_creds` or `basic_auth`.
pub fn user_and_password(name: &str, text: &str) -> Option<Embedded> {
    let words = names::words(name);
    let mut last = words.iter().rev().map(String::as_str);
    let is_pair = match last.next()? {
        "creds" | "credential" | "credentials" | "userpass" => true,
        "auth" => last.next() == Some("basic"),
        _ => false,
    };
    let (user, password) = text.split_once(':').filter(|_| is_pair)?;
    let is_user = user
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"_.@-".contains(&byte));
    let has_digit = password.bytes().any(|byte| byte.is_ascii_digit());
    let is_password = password.len() >= 6 && has_digit && !password.contains([':', '/', ' ', HOLE]);
    if user.len() < 2 || !is_user || !is_password {
        return None;
    }
    let verdict = judge(password, Strength::Named(NameKind::Password), name);
    matches!(verdict, Verdict::Secret { .. }).then(|| Embedded {
        range: user.len() + 1..text.len(),
        form: Form::ConnectionString,
        name: name.to_owned(),
        verdict,
    })
}

pub(super) fn each(
    pattern: &LazyLock<Option<Regex>>,
    text: &str,
    mut act: impl FnMut(&Captures<'_>),
) {
    if let Some(regex) = pattern.as_ref() {
        regex
            .captures_iter(text.as_bytes())
            .for_each(|captures| act(&captures));
    }
}

pub(super) fn group<'t>(
    text: &'t str,
    captures: &Captures<'_>,
    name: &str,
) -> (Range<usize>, &'t str) {
    let range = captures.name(name).map_or(0..0, |found| found.range());
    (range.clone(), text.get(range).unwrap_or_default())
}

pub(super) fn push(
    found: &mut Vec<Embedded>,
    range: Range<usize>,
    form: Form,
    name: &str,
    verdict: Verdict,
) {
    if matches!(verdict, Verdict::Secret { .. }) && !range.is_empty() {
        found.push(Embedded {
            range,
            form,
            name: name.to_owned(),
            verdict,
        });
    }
}

fn url(text: &str, captures: &Captures<'_>, found: &mut Vec<Embedded>) {
    let (range, value) = group(text, captures, "v");
    let (_, user) = group(text, captures, "n");
    let lower = value.to_ascii_lowercase();
    let is_example = matches!(
        lower.as_str(),
        "password" | "pass" | "pw" | "pwd" | "secret" | "token" | "passwd"
    ) || lower.starts_with('$')
        || lower == user.to_ascii_lowercase() && matches!(lower.as_str(), "user" | "username");
    if !is_example && !value.contains("${") {
        push(
            found,
            range,
            Form::ConnectionString,
            "password",
            judge(value, Strength::Named(NameKind::Password), "url"),
        );
    }
}

fn pairs(text: &str, captures: &Captures<'_>, found: &mut Vec<Embedded>) {
    let (range, value) = group(text, captures, "v");
    let (_, name) = group(text, captures, "n");
    // At least two pairs make a connection string.
    let around = range.start.saturating_sub(512)..(range.end + 512).min(text.len());
    let around = text.as_bytes().get(around).unwrap_or_default();
    if around.iter().filter(|byte| **byte == b'=').count() < 2
        || value.starts_with('$')
        || value.starts_with('{')
    {
        return;
    }
    let lower = name.to_ascii_lowercase();
    let kind = if lower == "password" || lower == "pwd" {
        NameKind::Password
    } else {
        NameKind::Token
    };
    push(
        found,
        range,
        Form::ConnectionString,
        name,
        judge(value, Strength::Named(kind), name),
    );
}

fn headers(text: &str, found: &mut Vec<Embedded>) {
    each(&BASIC, text, |captures| {
        let (range, value) = group(text, captures, "v");
        use base64::Engine as _;
        let decoded = base64::engine::general_purpose::STANDARD
            .decode(value)
            .unwrap_or_default();
        let pair = String::from_utf8(decoded).unwrap_or_default();
        if let Some((_, password)) = pair.split_once(':') {
            push(
                found,
                range,
                Form::Header,
                "Authorization",
                judge(password, Strength::Schema, ""),
            );
        }
    });
    each(&BEARER, text, |captures| {
        let (range, value) = group(text, captures, "v");
        let verdict = judge(value, Strength::Named(NameKind::Token), "bearer");
        push(found, range, Form::Header, "Authorization", verdict);
    });
}

fn assignment(text: &str, captures: &Captures<'_>, quoted: bool, found: &mut Vec<Embedded>) {
    let (range, value) = group(text, captures, "v");
    let (name_range, name) = group(text, captures, "n");
    let Some(kind) = names::kind(name) else {
        return;
    };
    if value.starts_with(['$', '%', '`', '@', '{', '<', '*', '(', '!', '&', '~'])
        && !(quoted && kind == NameKind::Password && value.len() > 6 && !value.starts_with('$'))
    {
        return;
    }
    if ["$(", "${", "$$", "%{"]
        .iter()
        .any(|mark| value.contains(mark))
    {
        return;
    }
    let rest_of_line = |from: usize| {
        text.get(from..)
            .and_then(|rest| rest.lines().next())
            .unwrap_or_default()
    };
    if !quoted {
        let (_, separator) = group(text, captures, "s");
        let after = rest_of_line(range.end);
        if separator.starts_with(':') {
            // `password: at least …` is a sentence; a YAML value ends its line.
            let before = text.as_bytes().get(..name_range.start).unwrap_or_default();
            let line = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
            let line = text.get(line..name_range.start).unwrap_or_default().trim();
            let starts_line = line.is_empty() || line == "-";
            let ends_line = after.trim().is_empty() || after.trim_start().starts_with("# ");
            if !ends_line || !starts_line {
                return;
            }
        } else if separator.len() > 1
            && !after.trim().is_empty()
            && !after.trim_start().starts_with('#')
        {
            return;
        }
        if kind == NameKind::Password && is_code(value) {
            return;
        }
    }
    push(
        found,
        range,
        Form::Assignment,
        name,
        judge(value, Strength::Named(kind), name),
    );
}

/// A bare value that is an expression of some program: `os.environ`, `self.password`, `None`.
fn is_code(value: &str) -> bool {
    let has_dot = value.split_once('.').is_some_and(|(before, after)| {
        before.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_')
            && after
                .bytes()
                .next()
                .is_some_and(|b| b.is_ascii_alphabetic())
            && after
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.')
    });
    has_dot
        || names::kind(value).is_some()
            && value.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}
