//! Values at a place: the value itself, and what stands inside it through every encoding.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::io::Read as _;

use super::{Exposure, Origin, Reason};
use crate::detect::embedded::{self, Form};
use crate::detect::judge::{Confidence, Strength, Verdict, judge};
use crate::detect::{private_keys, tokens};
use crate::knowledge::names;
use crate::resolve::value::{Field, Text, Value};

/// A value inside a value is decoded so many times at most.
const MAX_DECODED: u8 = 3;
/// Bytes that a decoded value may have.
const MAX_BYTES: u64 = 1 << 20;

/// Values that are looked at below one block: shared collections can unfold without end.
pub(super) const MAX_VALUES: u32 = 100_000;

/// What is known of a place.
pub(super) trait Place {
    /// How much the place speaks for a secret, and why; `None` where nothing does.
    fn strength(&self, path: &str, key: &str) -> Option<(Strength, Reason)>;
    /// What the place is called: `aws_db_instance.main`.
    fn address(&self) -> &str;
    /// The type that the place belongs to: `aws_db_instance`.
    fn kind(&self) -> &str;
    /// Where literals of this place stand.
    fn origin(&self) -> Origin;
    /// Takes one from what may still be looked at here; `false` when nothing is left.
    fn spend(&self) -> bool;
    /// Whether a collection that was built elsewhere is looked at again from here.
    fn follows_collections(&self) -> bool;
    /// Whether a map with a name and a value is one setting.
    fn pairs(&self, path: &str) -> bool;
}

/// Looks at a value and everything inside it.
pub(super) fn visit(
    place: &impl Place,
    path: &str,
    key: &str,
    value: &Value,
    found: &mut Vec<Exposure>,
) {
    if !place.spend() {
        return;
    }
    match value {
        Value::Text(text) => leaf(place, path, key, text, found),
        Value::List(items) => {
            for (n, item) in items.iter().enumerate() {
                // `["--requirepass", "…"]`: the option names what follows it.
                let option = n
                    .checked_sub(1)
                    .and_then(|before| option_name(items.get(before)?));
                visit(place, path, option.unwrap_or(key), item, found);
            }
        }
        Value::Any(items) => {
            for item in items.iter() {
                visit(place, path, key, item, found);
            }
        }
        // What was passed whole was looked at where it stands; only a schema can say more of it.
        Value::Passed(..) if !place.follows_collections() => {}
        Value::Passed(..) => {
            for item in value.unfold() {
                visit(place, path, key, &item, found);
            }
        }
        Value::Map(fields) => {
            let pair = if place.pairs(path) {
                pair(fields)
            } else {
                None
            };
            for (n, field) in fields.iter().enumerate() {
                let is_pair_value = pair.as_ref().is_some_and(|(_, at)| *at == n);
                let inner = match path.is_empty() {
                    true => field.key.clone(),
                    false => format!("{path}.{}", field.key),
                };
                let key = match &pair {
                    Some((name, _)) if is_pair_value => name.as_str(),
                    _ => field.key.as_str(),
                };
                visit(place, &inner, key, &field.value, found);
            }
        }
        Value::Unknown => {}
    }
}

/// The option of a command line that waits for its value in the next argument.
fn option_name(argument: &Value) -> Option<&str> {
    match argument {
        Value::Text(text) => text
            .text
            .strip_prefix("--")
            .filter(|name| !name.contains(['=', ' '])),
        _ => None,
    }
}

/// The name of a `{ name, value }` pair and the position of its value.
pub(super) fn pair(fields: &[Field]) -> Option<(String, usize)> {
    let is =
        |field: &Field, names: &[&str]| names.contains(&field.key.to_ascii_lowercase().as_str());
    let name = fields.iter().find_map(|field| match &field.value {
        Value::Text(text)
            if is(
                field,
                &[
                    "name",
                    "key",
                    "path",
                    "id",
                    "option_name",
                    "optionname",
                    "variable",
                    "variable_name",
                    "parameterkey",
                    "header_name",
                ],
            ) =>
        {
            Some(text.text.clone())
        }
        _ => None,
    })?;
    // The value is the name of an entry in a store.
    let points = fields.iter().any(|field| match &field.value {
        Value::Text(text) if field.key.eq_ignore_ascii_case("type") => {
            matches!(text.text.as_str(), "SECRETS_MANAGER" | "PARAMETER_STORE")
        }
        _ => false,
    });
    if points {
        return None;
    }
    let value = fields.iter().position(|field| {
        is(
            field,
            &[
                "value",
                "stringvalue",
                "parametervalue",
                "header_value",
                "default_value",
            ],
        ) && matches!(field.value, Value::Text(_) | Value::Any(_))
    })?;
    Some((name, value))
}

/// A text at a place.
fn leaf(place: &impl Place, path: &str, key: &str, text: &Text, found: &mut Vec<Exposure>) {
    if text.text.is_empty() {
        return;
    }
    let before = found.len();
    if let Some((strength, reason)) = place.strength(path, key)
        && let Verdict::Secret { confidence, weak } = judge_text(&text.text, strength, key)
        && !is_structured(&text.text)
    {
        push(
            place,
            path,
            text,
            0..text.text.len(),
            reason,
            (confidence, weak),
            found,
        );
    }
    if found.len() == before {
        inside(place, path, key, text, MAX_DECODED, found);
    }
}

/// Judges the text; a trailing line end does not count.
fn judge_text(text: &str, strength: Strength, key: &str) -> Verdict {
    judge(text.trim(), strength, key)
}

/// JSON or a script: its parts are judged, not the whole.
fn is_structured(text: &str) -> bool {
    let text = text.trim();
    text.starts_with('{') && text.contains(':') && text.ends_with('}')
        || text.starts_with("#!")
        || text.starts_with("#cloud-config")
        || text.lines().count() > 3 && !text.starts_with("-----BEGIN")
}

/// Looks for secrets inside a text.
fn inside(
    place: &impl Place,
    path: &str,
    key: &str,
    text: &Text,
    decodings: u8,
    found: &mut Vec<Exposure>,
) {
    let built_or_decoded = text.built.is_some() || decodings < MAX_DECODED;
    if built_or_decoded {
        for token in tokens::find(&text.text) {
            let sure = (token.confidence, token.example);
            push(
                place,
                path,
                text,
                token.range,
                Reason::Token(token.format),
                sure,
                found,
            );
        }
        for key in private_keys(&text.text) {
            let reason = Reason::PrivateKey {
                encrypted: key.encrypted,
            };
            let sure = (Confidence::High, false);
            push(
                place,
                path,
                text,
                key.body..key.range.end,
                reason,
                sure,
                found,
            );
        }
    }
    let pair = embedded::user_and_password(key, &text.text);
    for one in embedded::find(&text.text, names::is_prose(key))
        .into_iter()
        .chain(pair)
    {
        let reason = match one.form {
            Form::ConnectionString => Reason::ConnectionString,
            Form::Header => Reason::Header,
            Form::Command | Form::Assignment => Reason::Script,
        };
        if let Verdict::Secret { confidence, weak } = one.verdict {
            push(
                place,
                path,
                text,
                one.range,
                reason,
                (confidence, weak),
                found,
            );
        }
    }
    if decodings > 0
        && let Some(decoded) = decode(&text.text)
        && let Some(decoded) = text.decoded(decoded)
    {
        inside(place, path, key, &decoded, decodings - 1, found);
    }
}

/// What a base64 text says, unpacked where it is packed.
fn decode(text: &str) -> Option<String> {
    let text = text.trim();
    let is_base64 = text.len() >= 24
        && text.len().is_multiple_of(4)
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b));
    if !is_base64 {
        return None;
    }
    let bytes = STANDARD.decode(text).ok()?;
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut unpacked = String::new();
        let reader = flate2::read::GzDecoder::new(bytes.as_slice());
        reader.take(MAX_BYTES).read_to_string(&mut unpacked).ok()?;
        return Some(unpacked);
    }
    let text = String::from_utf8(bytes).ok()?;
    text.bytes()
        .all(|b| b >= 0x20 || b"\t\r\n".contains(&b))
        .then_some(text)
}

fn push(
    place: &impl Place,
    path: &str,
    text: &Text,
    range: std::ops::Range<usize>,
    reason: Reason,
    (confidence, weak): (Confidence, bool),
    found: &mut Vec<Exposure>,
) {
    let value = text.text.get(range.clone()).unwrap_or_default().trim();
    let Some((file, at)) = text.place(range) else {
        return;
    };
    let sink = match (place.address(), path) {
        (address, "") => address.to_owned(),
        ("", path) => path.to_owned(),
        (address, path) => format!("{address}.{path}"),
    };
    found.push(Exposure {
        file,
        at,
        value: value.to_owned(),
        origin: Exposure::origin_of(text.hops.first().map(|hop| hop.kind), place.origin()),
        reason,
        sink,
        target: (place.kind().to_owned(), path.to_owned()),
        used: None,
        hops: text.hops.iter().map(|hop| (**hop).clone()).collect(),
        confidence,
        weak,
    });
}
