//! Secrets on command lines: arguments of programs that take a password there.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::bytes::{Captures, Regex};

use super::embedded::{Embedded, Form, each, group, pattern, push};
use super::judge::{Strength, judge};
use crate::knowledge::names::{self, NameKind};

// Groups named `v` hold the value, `n` the name.
pattern!(
    CHPASSWD,
    r#"echo\s+(?:-e\s+|-n\s+)?["']?[A-Za-z0-9_.\-]+:(?P<v>[^"'\s|]{3,})["']?\s*\|\s*(?:sudo\s+)?chpasswd"#
);
// `chpasswd` of cloud-init: a list of `user:password` lines.
pattern!(
    CLOUD_INIT,
    r#"(?m)\bchpasswd:\s*\n(?:[^\n]*\n){0,3}?\s+(?:-\s*)?[a-z_][a-z0-9_\-]{0,31}:(?P<v>[^\s:"'|]{3,})[ \t]*$"#
);
pattern!(
    MYSQLADMIN,
    r#"\bmysqladmin\b[^\n|;]{0,120}?\spassword\s+["']?(?P<v>[^\s"';|&]{3,})"#
);
pattern!(
    AWS_CONFIGURE,
    r#"\baws\s+configure\s+set\s+(?:[a-z0-9_.\-]*\.)?aws_(?:secret_access_key|session_token)\s+["']?(?P<v>[^\s"';|&]{16,})"#
);
pattern!(
    HTPASSWD,
    r#"\bhtpasswd\s+-[A-Za-z]*b[A-Za-z]*\s+[^\s]+\s+[^\s]+\s+["']?(?P<v>[^\s"';|&]{3,})"#
);
pattern!(
    OPENSSL_PASSWD,
    r#"\bopenssl\s+passwd(?:\s+-[A-Za-z0-9]+)*\s+["']?(?P<v>[^\s"'();|&\-][^\s"'();|&]{2,})"#
);
pattern!(
    MYSQL,
    r#"\bmysql(?:admin|dump)?\b[^\n|;]{0,200}?\s-p(?P<v>[^\s"';|&]{3,})"#
);
pattern!(
    CURL,
    r#"\b(?:curl|wget|http)\b[^\n]{0,300}?\s(?:-u|--user)[ =]?\s?["']?[A-Za-z0-9_.@\\\-]+:(?P<v>[^"'\s]{3,})"#
);
pattern!(
    OPTION,
    r#"(?i)(?:^|\s)--?(?P<n>[a-z\-]{0,24}(?:password|passwd|passphrase|pass|secret|token|api-key|secret-key|access-key))(?:=|\s+)["']?(?P<v>[^\s"'\\;|&<>\)]{3,})"#
);
pattern!(
    SHORT,
    r#"(?i)\b(?:sshpass\s+-p\s*|redis-cli\b[^\n]{0,80}?\s-a\s+|sqlcmd\b[^\n]{0,120}?\s-P\s+|docker\s+login\b[^\n]{0,120}?\s-p\s+|smbclient\b[^\n]{0,120}?%)["']?(?P<v>[^\s"']{3,})"#
);
pattern!(
    NET_USER,
    r#"(?i)\bnet\s+user\s+[A-Za-z0-9_.\-]+\s+["']?(?P<v>[^\s"'/]{3,})["']?\s*(?:/add|\s|$)"#
);
pattern!(
    POWERSHELL,
    r#"(?i)ConvertTo-SecureString\s+(?:-String\s+)?["'](?P<v>[^"'$]{3,})["']"#
);

// `CREATE USER … IDENTIFIED BY '…'`, `ALTER ROLE … PASSWORD '…'`.
pattern!(
    SQL_IDENTIFIED,
    r#"(?i)\bidentified\s+(?:with\s+[A-Za-z0-9_]+\s+)?by\s+(?:password\s+)?\\?["'](?P<v>[^"'\s\\]{3,})\\?["']"#
);
pattern!(
    SQL_PASSWORD,
    r#"(?i)\b(?:create|alter)\s+(?:user|role|login)\b[^;\n]{0,160}?\bpassword\s*=?\s*\\?["'](?P<v>[^"'\s\\]{3,})\\?["']"#
);
// Programs whose option for a password is a letter.
pattern!(
    LETTER,
    r#"\b(?:az\s+(?:login|ad|acr)\b[^\n]{0,160}?\s-p|mongo(?:sh|dump|restore|import|export)?\b[^\n]{0,160}?\s-p|ldap[a-z]{2,8}\b[^\n]{0,160}?\s-w|jenkins-cli[^\n]{0,120}?\s-auth\s+[A-Za-z0-9_.\-]+:|rabbitmqctl\s+(?:add_user|change_password)\s+[^\s]+)\s*["']?(?P<v>[^\s"']{3,})"#
);
// `echo … | passwd --stdin`, `echo … | docker login --password-stdin`.
pattern!(
    PIPED,
    r#"\becho\s+(?:-[en]+\s+)?\\?["']?(?P<v>[^\s"'|\\]{3,})(?:\\+n[^"'|\n]{0,80})?\\?["']?\s*\|\s*(?:sudo\s+)?(?:passwd\b|(?:docker|podman|oras|helm\s+registry)\s+login\b[^\n]{0,160}?--password-stdin)"#
);
pattern!(
    NETRC,
    r#"\bmachine\s+[^\s]+\s+login\s+[^\s]+\s+password\s+(?P<v>[^\s"']{3,})"#
);
pattern!(
    NET_USE,
    r#"(?i)(?:\bnet\s+use\s+[^\s]+\s+[^\s]+\s+["']?(?P<v>[^\s"'/]{3,})["']?\s+/user:)"#
);
pattern!(SLASH, r#"(?i)\s/(?:pass|password):["']?(?P<v>[^\s"']{3,})"#);
// `--from-literal=password=…`, `--set auth.password=…`.
pattern!(
    SETTING,
    r#"--(?:from-literal|set|set-string|build-arg|env)[= ]["']?(?:[^\s"']{0,200},)?(?P<n>[A-Za-z0-9_.\-]{3,80})=(?P<v>[^\s,"']{3,256})"#
);

/// Each pattern with a word that stands in all that it finds: most texts hold none of them.
static COMMANDS: &[(&str, &LazyLock<Option<Regex>>)] = &[
    ("chpasswd", &CHPASSWD),
    ("chpasswd:", &CLOUD_INIT),
    ("mysql", &MYSQL),
    ("mysqladmin", &MYSQLADMIN),
    ("configure", &AWS_CONFIGURE),
    ("htpasswd", &HTPASSWD),
    ("openssl", &OPENSSL_PASSWD),
    ("curl", &CURL),
    ("wget", &CURL),
    ("http ", &CURL),
    ("sshpass", &SHORT),
    ("redis-cli", &SHORT),
    ("sqlcmd", &SHORT),
    ("docker", &SHORT),
    ("smbclient", &SHORT),
    ("user", &NET_USER),
    ("/user:", &NET_USE),
    ("/pass", &SLASH),
    ("convertto-securestring", &POWERSHELL),
    ("identified", &SQL_IDENTIFIED),
    ("create", &SQL_PASSWORD),
    ("alter", &SQL_PASSWORD),
    ("az ", &LETTER),
    ("mongo", &LETTER),
    ("ldap", &LETTER),
    ("jenkins-cli", &LETTER),
    ("rabbitmqctl", &LETTER),
    ("echo", &PIPED),
    ("machine", &NETRC),
];

static FINDER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(COMMANDS.iter().map(|(word, _)| word))
        .ok()
});

/// Finds the secrets on command lines.
pub(super) fn find(text: &str, found: &mut Vec<Embedded>) {
    let Some(finder) = FINDER.as_ref() else {
        return;
    };
    let mut wanted = [false; COMMANDS.len()];
    for hit in finder.find_overlapping_iter(text) {
        if let Some(one) = wanted.get_mut(hit.pattern().as_usize()) {
            *one = true;
        }
    }
    let commands = COMMANDS.iter().zip(wanted).filter(|(_, wanted)| *wanted);
    for ((_, pattern), _) in commands {
        each(pattern, text, |captures| {
            let (range, value) = group(text, captures, "v");
            if !is_read_elsewhere(value) && !value.starts_with(['<', '*']) {
                let verdict = judge(value, Strength::Named(NameKind::Password), "");
                push(found, range, Form::Command, "password", verdict);
            }
        });
    }
    for pattern in [&OPTION, &SETTING]
        .into_iter()
        .filter(|_| text.contains('-'))
    {
        each(pattern, text, |captures| named(text, captures, found));
    }
}

/// The value of an option with a name of its own.
fn named(text: &str, captures: &Captures<'_>, found: &mut Vec<Embedded>) {
    let (range, value) = group(text, captures, "v");
    let (_, name) = group(text, captures, "n");
    if is_read_elsewhere(value) || value.starts_with(['/', '{']) {
        return;
    }
    if let Some(kind) = names::kind(&name.replace('-', "_")) {
        let verdict = judge(value, Strength::Named(kind), name);
        push(found, range, Form::Command, name, verdict);
    }
}

/// A variable, the output of a command, another option.
fn is_read_elsewhere(value: &str) -> bool {
    value.starts_with(['$', '-', '%', '`', '@']) || value.contains("$(") || value.contains("${")
}
