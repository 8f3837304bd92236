//! `provider::coffer::looks_secret`

use coffer_lint::detect::judge::Confidence;
use coffer_plugin::{Arguments, Function, FunctionError, ObjectType};

use super::detection;

/// Tells whether a text looks like a secret or holds one, by the detectors of `coffer-lint`: token formats, private keys,
/// passwords in connection strings, headers and assignments, and random text. For the `validation` of variables that
/// must not hold secrets, such as tags and user data.
///
/// Placeholders, references, hashes and identifiers are not taken for secrets. A password that is a word is none that
/// could be recognised.
#[derive(Arguments)]
pub(crate) struct LooksSecret {
    /// The text.
    text: String,
}

/// What a text looks like.
#[derive(Debug, PartialEq, ObjectType)]
pub(crate) struct Look {
    secret: bool,
    kind: Option<String>,
    rule: Option<String>,
    confidence: Option<String>,
}

impl Function for LooksSecret {
    type Output = Look;
    const NAME: &'static str = "looks_secret";
    const SUMMARY: &'static str = "Tells whether a text looks like a secret";

    fn call(self) -> Result<Look, FunctionError> {
        Ok(match detection::surest(&self.text) {
            None => Look {
                secret: false,
                kind: None,
                rule: None,
                confidence: None,
            },
            Some(found) => Look {
                secret: true,
                kind: Some(found.kind.to_owned()),
                rule: Some(found.rule.to_owned()),
                confidence: Some(name(found.confidence).to_owned()),
            },
        })
    }
}

fn name(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Low => "low",
        Confidence::Medium => "medium",
        Confidence::High => "high",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(text: &str) -> Look {
        let text = text.to_owned();
        LooksSecret { text }.call().unwrap()
    }

    #[test]
    fn secrets_are_told_with_their_kind_and_the_linters_rule() {
        for (text, rule) in [
            ("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", "embedded-token"),
            (
                "postgres://app:kT7vR2mQ9x@db/app",
                "password-in-connection-string",
            ),
            (
                "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\nMzEfYyjiWA4R4/M2bS1GB4t7NXp98C3SC6dVMvDuictGeurT8jNbvJZHtCSuYEvu\n-----END PRIVATE KEY-----",
                "embedded-private-key",
            ),
            ("kT7vR2mQ9xL4pW8zN3bH6cF1", "literal-in-secret-argument"),
        ] {
            let look = look(text);
            assert!(look.secret, "{text}");
            assert_eq!(look.rule.as_deref(), Some(rule), "{text}");
            assert!(look.kind.is_some() && look.confidence.is_some());
        }
    }

    #[test]
    fn what_is_no_secret_is_none() {
        for text in [
            "",
            "t3.micro",
            "eu-west-1",
            "${var.password}",
            "<your-password>",
            "arn:aws:iam::123456789012:role/app",
        ] {
            assert_eq!(look(text).rule, None, "{text}");
        }
    }
}
